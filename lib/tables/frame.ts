/**
 * The data frames of the library: those of nodejs-polars, whose expressions filter, group and join them in programs and notebooks.
 * Which frames the library makes is `frames.ts` and `trial-frame.ts`.
 */

import pl from "nodejs-polars";

/** polars itself, so that a notebook can write `frame.filter(pl.col("loss").lt(3))` without another import. */
export { pl };

/** A data frame of polars; the compiler does not know its columns. */
export type Frame = pl.DataFrame;
