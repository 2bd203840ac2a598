"""Transformers: finding their weights, tokenising, int8 networks that need no torch, fine-tuning.

Importing this package loads none of torch, transformers, onnxruntime and tokenizers.
"""
