/**
 * Typed columns of data frames. Left to itself, polars makes every JavaScript number a float and fails on columns
 * without a single value, so every column of this room states its type.
 */

import pl from "nodejs-polars";
import type { FactorValue } from "../sweep/record";
import type { Frame } from "./frame";

/** A frame of these columns. */
export function frameOf(columns: readonly pl.Series[]): Frame {
  return pl.DataFrame([...columns]);
}

type Values<T> = readonly (T | null)[];

export const textColumn = (name: string, values: Values<string>) => pl.Series(name, [...values], pl.Utf8);
export const floatColumn = (name: string, values: Values<number>) => pl.Series(name, [...values], pl.Float64);
export const integerColumn = (name: string, values: Values<number>) => pl.Series(name, [...values], pl.Int64);
export const booleanColumn = (name: string, values: Values<boolean>) => pl.Series(name, [...values], pl.Bool);

/**
 * A factor as a column: 64-bit integers where all values are whole numbers, 64-bit floats for other numbers,
 * booleans, and text for names or a mixture of kinds. An absent value is null.
 */
export function factorColumn(name: string, values: readonly (FactorValue | undefined)[]): pl.Series {
  const present = values.filter((value) => value !== undefined);
  const orNull = values.map((value) => value ?? null);
  if (present.every((value) => typeof value === "number")) {
    return present.every(Number.isSafeInteger)
      ? integerColumn(name, orNull as Values<number>)
      : floatColumn(name, orNull as Values<number>);
  }
  if (present.every((value) => typeof value === "boolean"))
    return booleanColumn(name, orNull as Values<boolean>);
  return textColumn(
    name,
    orNull.map((value) => (value === null ? null : String(value))),
  );
}
