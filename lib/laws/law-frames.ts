/**
 * Laws as data frames to be shown: fits, parameters, residuals and predictions, losses in nats. Frames of what is said
 * of a grid are `grid-frames.ts`, those of its cells `tables/frames.ts`.
 */

import { factorColumn, floatColumn, frameOf, integerColumn, textColumn } from "../tables/columns";
import type { Frame } from "../tables/frame";
import type { CandidateOutcome } from "./candidates";
import type { FormChoice } from "./choice";
import type { ParameterIntervals } from "./confidence";
import type { DepartureState } from "./departures";
import type { Extrapolation, FormsExtrapolation } from "./extrapolation";
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
        return miss! > 0 ? "above the interval" : "below the interval";
      }),
    ),
    floatColumn(
      "no_better_than",
      found.map(({ noBetterThan }) => (noBetterThan === null ? null : Number(noBetterThan.toPrecision(3)))),
    ),
  ]);
}

/**
 * How well the forms predict by distance: sizes ahead, the predicted size over the largest fitted one, predictions a
 * form, the error of each form in nats, and the best form there.
 */
export function horizonFrame({ horizons }: FormChoice): Frame {
  const forms = horizons[0]?.errors.map(({ form }) => form) ?? [];
  return frameOf([
    integerColumn(
      "steps",
      horizons.map(({ steps }) => steps),
    ),
    floatColumn(
      "times_as_large",
      horizons.map(({ factor }) => factor),
    ),
    integerColumn(
      "predictions",
      horizons.map(({ predictions }) => predictions),
    ),
    ...forms.map((form) =>
      floatColumn(
        FORM_WORDS[form],
        horizons.map(({ errors }) => errors.find((score) => score.form === form)!.error),
      ),
    ),
    textColumn(
      "best",
      horizons.map(({ best }) => FORM_WORDS[best]),
    ),
  ]);
}

/** The forms of law of some sizes: the law, whether the sizes refute it, by what p-value. */
export function candidateFrame(laws: CandidateOutcome): Frame {
  const fitted = laws.status === "unavailable" ? [] : laws.fitted;
  return frameOf([
    textColumn(
      "form",
      fitted.map(({ form }) => FORM_WORDS[form]),
    ),
    textColumn(
      "law",
      fitted.map(({ fit }) => formatLaw(fit.law)),
    ),
    floatColumn(
      "misfit_over_noise",
      fitted.map(({ lackOfFit }) => (lackOfFit.status === "tested" ? lackOfFit.ratio : null)),
    ),
    floatColumn(
      "p_value",
      fitted.map(({ lackOfFit }) => (lackOfFit.status === "tested" ? lackOfFit.pValue : null)),
    ),
    textColumn(
      "verdict",
      fitted.map(({ lackOfFit: { status, refuted } }) =>
        status === "untested" ? "cannot be refuted without seeds" : refuted ? "refuted" : "not refuted",
      ),
    ),
  ]);
}

/**
 * Larger sizes held against all admissible forms: one row for each size and form, then one for all forms together, with
 * `form` "any of these".
 */
export function formsFrame({ sizes }: FormsExtrapolation): Frame {
  const rows = sizes.flatMap(({ size, loss, byForm, interval, state }) => [
    ...byForm.map((one) => ({
      size,
      form: FORM_WORDS[one.form],
      predicted: one.expected as number | null,
      low: one.interval.low,
      high: one.interval.high,
      observed: loss,
      miss: one.gap,
      verdict: one.inside === null ? "no completed trial" : one.inside ? "inside" : "outside",
    })),
    ...(byForm.length < 2
      ? []
      : [
          {
            size,
            form: "any of these",
            predicted: null,
            low: interval.low,
            high: interval.high,
            observed: loss,
            miss: null,
            verdict: FORMS_VERDICT[state],
          },
        ]),
  ]);
  const nats = (name: "predicted" | "low" | "high" | "observed" | "miss") =>
    floatColumn(
      name,
      rows.map((row) => row[name]),
    );
  return frameOf([
    factorColumn(
      "size",
      rows.map(({ size }) => size),
    ),
    textColumn(
      "form",
      rows.map(({ form }) => form),
    ),
    ...(["predicted", "low", "high", "observed", "miss"] as const).map(nats),
    textColumn(
      "verdict",
      rows.map(({ verdict }) => verdict),
    ),
  ]);
}

const FORMS_VERDICT: Readonly<Record<DepartureState, string>> = {
  on_curve: "keeps the law, whatever its form",
  too_wide: "interval too wide to tell",
  depends: "depends on the form",
  above: "misses, whatever the form",
  below: "better, whatever the form",
  diverged: "no completed trial",
};

function formOf({ law }: LawFit): string {
  return FORM_WORDS[law.form];
}
