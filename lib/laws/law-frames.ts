/**
 * Laws as data frames to be shown: fits, parameters, residuals and predictions, losses in nats. Frames of what is said
 * of a grid are `grid-frames.ts`, those of its cells `tables/frames.ts`.
 */

import { factorColumn, floatColumn, frameOf, integerColumn, textColumn } from "../tables/columns";
import type { Frame } from "../tables/frame";
import type { FormChoice } from "./choice";
import type { ParameterIntervals } from "./confidence";
import type { Extrapolation } from "./extrapolation";
import { FORM_WORDS, type LawFit } from "./fit";
import { type LawForm, lossAt } from "./forms";
import { formatLaw } from "./wording";

/** Laws by how well they fit: form, law, R², residual deviation (nats), how the fit ended. */
export function lawFrame(fits: readonly LawFit[]): Frame {
  return frameOf([
    textColumn("form", fits.map(formOf)),
    textColumn(
      "law",
      fits.map(({ law }) => formatLaw(law)),
    ),
    floatColumn(
      "r_squared",
      fits.map(({ rSquared }) => rSquared),
    ),
    floatColumn(
      "residual_deviation",
      fits.map(({ residualStandardDeviation }) => residualStandardDeviation),
    ),
    textColumn(
      "how_it_ended",
      fits.map(({ sentence }) => sentence),
    ),
  ]);
}

/** The parameters of laws with their confidence intervals, one row a parameter. */
export function parameterFrame(fits: readonly LawFit[], confidence: readonly ParameterIntervals[]): Frame {
  const rows = fits.flatMap((fit, i) =>
    Object.entries(fit.law.parameters as Readonly<Record<string, number>>).map(([name, value]) => ({
      form: formOf(fit),
      name,
      value,
      ...confidence[i]!.intervals[name]!,
    })),
  );
  return frameOf([
    textColumn(
      "form",
      rows.map(({ form }) => form),
    ),
    textColumn(
      "parameter",
      rows.map(({ name }) => name),
    ),
    floatColumn(
      "value",
      rows.map(({ value }) => value),
    ),
    floatColumn(
      "low",
      rows.map(({ low }) => low),
    ),
    floatColumn(
      "high",
      rows.map(({ high }) => high),
    ),
  ]);
}

/** Residuals of laws at the fitted sizes, all laws of the same points: size, mean loss, one column a form, in nats. */
export function residualFrame(fits: readonly LawFit[]): Frame {
  const points = fits[0]?.points ?? [];
  return frameOf([
    factorColumn(
      "size",
      points.map(({ size }) => size),
    ),
    floatColumn(
      "loss",
      points.map(({ size }, i) => lossAt(fits[0]!.law, size) + fits[0]!.residuals[i]!),
    ),
    ...fits.map((fit) => floatColumn(formOf(fit), fit.residuals)),
  ]);
}

/** Predictions of sizes that were held out in turn: the size, what was observed, and what each form predicted. */
export function heldOutFrame(choice: FormChoice): Frame {
  const predictions = choice.scores[0]?.predictions ?? [];
  return frameOf([
    factorColumn(
      "fitted_up_to",
      predictions.map(({ fittedUpTo }) => fittedUpTo),
    ),
    factorColumn(
      "size",
      predictions.map(({ size }) => size),
    ),
    floatColumn(
      "observed",
      predictions.map(({ observed }) => observed),
    ),
    ...choice.scores.map((score) =>
      floatColumn(
        FORM_WORDS[score.form],
        score.predictions.map(({ predicted }) => predicted),
      ),
    ),
  ]);
}

/** What laws predict of sizes they have not seen, and what came out there where it is known. */
export function extrapolationFrame(
  rows: readonly { readonly form: LawForm; readonly extrapolation: Extrapolation }[],
): Frame {
  const found = rows.map(({ extrapolation }) => extrapolation);
  return frameOf([
    textColumn(
      "form",
      rows.map(({ form }) => FORM_WORDS[form]),
    ),
    factorColumn(
      "size",
      found.map(({ prediction }) => prediction.size),
    ),
    floatColumn(
      "predicted",
      found.map(({ prediction }) => prediction.loss),
    ),
    floatColumn(
      "low",
      found.map(({ prediction }) => prediction.interval.low),
    ),
    floatColumn(
      "high",
      found.map(({ prediction }) => prediction.interval.high),
    ),
    floatColumn(
      "observed",
      found.map(({ observed }) => observed),
    ),
    floatColumn(
      "miss",
      found.map(({ miss }) => miss),
    ),
    textColumn(
      "verdict",
      found.map(({ inside, miss }) => {
        if (inside === null) return "no completed trial";
        if (inside) return "inside the interval";
        return miss! > 0 ? "off the curve" : "better than the law";
      }),
    ),
    integerColumn(
      "no_better_than",
      found.map(({ noBetterThan }) => noBetterThan),
    ),
  ]);
}

function formOf({ law }: LawFit): string {
  return FORM_WORDS[law.form];
}
