/**
 * A data frame as the rest of the library and the notebooks see it: the part of a nodejs-polars data frame that they
 * use. Its full type cannot be read by the TypeScript 5.0 of the notebooks; whoever wants more may cast to it.
 */

export interface Frame {
  /** Number of rows and of columns. */
  readonly height: number;
  readonly width: number;
  /** Names of the columns, in order. */
  readonly columns: readonly string[];
  /** Data type of each column by name, such as `Int64`, `Float64`, `String`, `Bool`. */
  readonly schema: Readonly<Record<string, { readonly variant: string }>>;
  head(rows?: number): Frame;
  select(...columns: string[]): Frame;
  sort(by: string | string[], descending?: boolean): Frame;
  getColumn(name: string): { toArray(): unknown[] };
  /** The rows as objects by column name; an absent value is null. */
  toRecords(): Record<string, unknown>[];
  /** The frame as a text table, long ones with a gap in the middle. */
  toString(): string;
  writeCSV(): Uint8Array;
  writeParquet(): Uint8Array;
}
