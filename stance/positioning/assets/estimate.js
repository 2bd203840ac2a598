/* The estimator of stance.positioning.estimation, so that a filter gives what Python would have
   given for the statements that are left. The names and the steps are the same, and the numbers
   that they need come with the data; read there what they are for. */

const RELATED = [0, 1, 2, 3];

/* Numbers that are the same each time: mulberry32, Box and Muller, Marsaglia and Tsang. */
class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  uniform() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  normal() {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  gamma(shape) {
    if (shape <= 0) return 0;
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.uniform()) ** (1 / shape);
    const d = shape - 1 / 3, c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal(), v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.uniform()) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
    }
  }
}

/* By the label that the model gave, what to multiply each probability with: a draw. */
function factors(table, random) {
  const given = LABELS.map((_, column) => sum(table.counts.map((row) => row[column])));
  const own = [], drawn = [];
  for (let column = 0; column < 5; column++) {
    const expected = table.expected.map((row) => row[column] + 1e-3);
    own.push(expected.map((value) => value / sum(expected)));
    const gammas = own[column].map((share, row) => random.gamma(table.worth * table.counts[row][column] + table.trust * share));
    drawn.push(gammas.map((value) => value / sum(gammas)));
  }
  const base = LABELS.map((_, label) => sum(drawn.map((column, at) => column[label] * given[at])) / sum(given));
  return drawn.map((column, at) => column.map((value, label) => value / own[at][label] / base[label]));
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

/* Position and interval of a group of pairs: the answered ones of a holder with a term. */
function estimate(pairs, table, level, seed, draws) {
  const random = new Random(seed);
  const weights = new Float64Array(pairs.length * 5);
  const positions = [], low = [], high = [];
  let shares = [0.2, 0.2, 0.2, 0.2, 0.2];
  while (low.length < draws) {
    const factor = factors(table, random);
    pairs.forEach((pair, at) => {
      for (let label = 0; label < 5; label++) {
        weights[5 * at + label] = pair.checked ? Number(label === pair.truth) : pair.p[label] * factor[pair.best][label];
      }
    });
    let counts;
    for (let turn = 0; turn <= table.settling; turn++) {
      counts = drawLabels(weights, shares, random);
      shares = counts.map((count) => random.gamma(count + table.prior));
      const all = sum(shares);
      shares = shares.map((share) => share / all);
    }
    const related = sum(RELATED.map((label) => counts[label]));
    if (related) positions.push(sum(RELATED.map((label) => table.values[label] * counts[label])) / related);
    population(counts, table, random, low, high);
  }
  return {
    position: positions.length ? sum(positions) / positions.length : null,
    low: quantile(low, (1 - level) / 2),
    high: quantile(high, (1 + level) / 2),
  };
}

function drawLabels(weights, shares, random) {
  const counts = [0, 0, 0, 0, 0];
  for (let at = 0; at < weights.length; at += 5) {
    let whole = 0;
    for (let label = 0; label < 5; label++) whole += weights[at + label] * shares[label];
    let point = random.uniform() * whole, label = 0;
    while (label < 4 && point >= weights[at + label] * shares[label]) point -= weights[at + label] * shares[label++];
    counts[label] += 1;
  }
  return counts;
}

/* What all that the holder says may come to, with one more statement at each end of the scale. */
function population(counts, table, random, low, high) {
  let value = 0, whole = 0;
  for (const label of RELATED) {
    const weight = random.gamma(counts[label]);
    value += table.values[label] * weight;
    whole += weight;
  }
  const extra = random.gamma(table.extra);
  low.push((value - extra) / (whole + extra));
  high.push((value + extra) / (whole + extra));
}

function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1), below = Math.floor(place);
  return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}
