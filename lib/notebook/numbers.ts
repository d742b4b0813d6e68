/**
 * How the values of a table's column are written: alike in one column, with as many digits as mean something.
 */

import { formatRate } from "../laws/wording";

/** Significant digits of the largest value of a column, and the most decimals where that value is not below 0.1. */
const SIGNIFICANT = 4;
const MOST_DECIMALS = 4;

/** Columns of learning rates are written as everywhere else in the library: 3e-4. */
const RATE_COLUMN = /(^|_)rate$/;

/** From this ratio of the largest to the smallest value on, a column with values below a thousandth is written with powers of ten. */
const WIDE_RANGE = 1e4;

/**
 * Answers how to write the numbers of a column.
 *
 * @param name the column's name; learning rates are known by it
 * @param values all numbers of the column
 * @param decimals digits after the point; without it whole numbers have none, and other columns what their largest value needs
 */
export function numberFormat(
  name: string,
  values: readonly number[],
  decimals?: number,
): (value: number) => string {
  const format = finiteFormat(name, values.filter(Number.isFinite), decimals);
  return (value) => (Number.isFinite(value) ? format(value) : String(value));
}

function finiteFormat(name: string, values: readonly number[], decimals: number | undefined) {
  if (decimals !== undefined) return fixed(decimals);
  if (RATE_COLUMN.test(name)) return (value: number) => (value === 0 ? "0" : formatRate(value, 3));
  if (values.every(Number.isSafeInteger)) return String;
  const magnitudes = values.map(Math.abs).filter((value) => value > 0);
  const largest = Math.max(...magnitudes);
  const smallest = Math.min(...magnitudes);
  const tooSmall = largest < 10 ** -MOST_DECIMALS * 10;
  if (tooSmall || largest >= 1e9 || (smallest < 1e-3 && largest / smallest >= WIDE_RANGE)) {
    return (value: number) => (value === 0 ? "0" : formatRate(value, 3));
  }
  const meaningful = SIGNIFICANT - 1 - Math.floor(Math.log10(largest));
  const most = largest < 0.1 ? meaningful : Math.min(MOST_DECIMALS, Math.max(0, meaningful));
  return fixed(Math.max(...values.map((value) => decimalsOf(value.toFixed(most)))));
}

/** With a minus sign only where a digit other than zero follows. */
function fixed(decimals: number) {
  return (value: number) => value.toFixed(decimals).replace(/^-(?=[0.]*$)/, "");
}

/** Decimals of a number's text without the zeros at its end. */
function decimalsOf(text: string): number {
  return text.includes(".") ? text.replace(/0+$/, "").split(".")[1]!.length : 0;
}
