// Which ads fit a page: lines of ads.tsv by category, in turn.
'use strict';

const fs = require('node:fs');

const mostAds = 2;

/** The rows of a table: tab-separated, `#` comments, the first other line names the columns. */
function readTable(file) {
  const lines = fs.readFileSync(file, 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const [columns, ...rows] = lines.map((line) => line.split('\t'));
  return rows.map((cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at]])));
}

class Ads {
  #all = [];
  #byCategory = new Map();
  #turn = 0;

  constructor(file) {
    for (const { category, product, text } of readTable(file)) {
      const ad = { text, product_id: product };
      if (!this.#byCategory.has(category)) this.#byCategory.set(category, []);
      this.#byCategory.get(category).push(ad);
      this.#all.push(ad);
    }
  }

  /** At most two, of these categories; of all categories if none fits. */
  fitting(categories) {
    let fitting = categories.flatMap((category) => this.#byCategory.get(category) ?? []);
    if (fitting.length === 0) fitting = this.#all;
    const turn = this.#turn++;
    const count = Math.min(mostAds, fitting.length);
    return Array.from({ length: count }, (_, i) => fitting[(turn + i) % fitting.length]);
  }
}

module.exports = { Ads };
