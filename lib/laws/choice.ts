/**
 * How well each form of law predicts larger sizes from smaller ones, one step ahead and as far as the data allow. The
 * form chosen so is the better one nearby; what several forms say far ahead is `departures.ts`.
 */

import { mean } from "simple-statistics";
import { type FitOptions, FORM_NAMES, fitLaw, type SizeLosses } from "./fit";
import { LAW_FORMS, type LawForm, lossAt, SOLVER_FORMS } from "./forms";
import { formatError, formatTimes } from "./wording";

/** Which forms a choice is between, and how far ahead each has to predict. */
export interface ChoiceOptions extends FitOptions {
  /** The forms to choose from; all unless given. */
  readonly forms?: readonly LawForm[];
  /** How many of the next larger sizes each fit predicts; 1 unless given. */
  readonly horizon?: number;
}

/** One prediction of a held-out size. */
export interface HeldOutPrediction {
  /** Sizes the law was fitted to: the smallest ones, up to this. */
  readonly fittedUpTo: number;
  /** The held-out size. */
  readonly size: number;
  /** In nats. */
  readonly predicted: number;
  readonly observed: number;
}

/** How well a form predicts. */
export interface FormScore {
  readonly form: LawForm;
  /** Root of the mean squared error of the predictions, in nats. */
  readonly error: number;
  readonly predictions: readonly HeldOutPrediction[];
}

/** How well the forms predict at one distance. */
export interface HorizonScore {
  /** Sizes from the largest fitted one to the predicted one: 1 for the next. */
  readonly steps: number;
  /** The predicted size over the largest fitted one; geometric mean over the predictions. */
  readonly factor: number;
  /** Predictions of each form. */
  readonly predictions: number;
  /** Root of the mean squared error in nats by form. */
  readonly errors: readonly { readonly form: LawForm; readonly error: number }[];
  readonly best: LawForm;
}

/** The form that predicts held-out sizes best, or why none can be chosen. */
export type FormChoice =
  | {
      readonly status: "chosen";
      readonly form: LawForm;
      readonly scores: readonly FormScore[];
      /** By distance, ascending, one step first. */
      readonly horizons: readonly HorizonScore[];
      readonly sentence: string;
    }
  | {
      readonly status: "undecided";
      readonly scores: readonly FormScore[];
      readonly horizons: readonly HorizonScore[];
      readonly sentence: string;
    };

/**
 * Chooses a form by rolling origin: fit the k smallest sizes, predict the next larger ones, for every k that leaves
 * each form a degree of freedom and a size to predict (of more than fifty such k, fifty spread evenly). All forms predict the same sizes. The form with the smallest
 * error is chosen; of equal errors the first.
 *
 * @param points losses by size; their order does not matter.
 * @returns `undecided` where there are too few sizes to hold one out.
 */
export function chooseForm(points: readonly SizeLosses[], options: ChoiceOptions = {}): FormChoice {
  const { forms = LAW_FORMS, horizon = 1 } = options;
  const sorted = [...points].sort((one, other) => one.size - other.size);
  const forecasts = rollingForecasts(sorted, forms, options);
  const scores = forms.flatMap((form): FormScore[] => {
    const own = forecasts.filter((forecast) => forecast.form === form && forecast.steps <= horizon);
    const predictions = own.map(({ form: _, steps: __, ...prediction }) => prediction);
    return predictions.length === 0 ? [] : [{ form, error: errorOf(predictions), predictions }];
  });
  const [first, ...others] = scores;
  if (first === undefined) {
    const sentence = `too few sizes to choose a form of law: ${points.length}; none is left to hold out and predict`;
    return { status: "undecided", scores, horizons: [], sentence };
  }
  const best = others.reduce((least, score) => (score.error < least.error ? score : least), first);
  const errors = scores
    .map(
      ({ form, error }) => `${FORM_NAMES[form]} ${formatError(error, first.predictions[0]!.observed, 1e-3)}`,
    )
    .join(", ");
  const horizons = scoreHorizons(forecasts, forms);
  const ahead =
    horizon === 1
      ? `the next larger size best, ${formatTimes(horizons[0]!.factor)} as large`
      : "held-out larger sizes best";
  return {
    status: "chosen",
    form: best.form,
    scores,
    horizons,
    sentence: `${FORM_NAMES[best.form]} predicts ${ahead} (error in nats: ${errors})`,
  };
}

/** A prediction with its form, and how many sizes ahead it is. */
interface Forecast extends HeldOutPrediction {
  readonly form: LawForm;
  readonly steps: number;
}

/** With more sizes, origins are as many of them spread evenly, for a fit at each of a thousand tells no more. */
const MOST_ORIGINS = 50;

/** The predictions of all larger sizes from every origin. */
function rollingForecasts(
  sorted: readonly SizeLosses[],
  forms: readonly LawForm[],
  options: FitOptions,
): Forecast[] {
  const fewest = Math.max(...forms.map((form) => SOLVER_FORMS[form].parameters)) + 1;
  const possible = Math.max(sorted.length - fewest, 0);
  const count = Math.min(possible, MOST_ORIGINS);
  const origins = Array.from(
    { length: count },
    (_, i) => fewest + Math.round(count === 1 ? 0 : (i * (possible - 1)) / (count - 1)),
  );
  const observed = sorted.map(({ losses }) => mean([...losses]));
  return forms.flatMap((form) =>
    origins.flatMap((origin) => {
      const fit = fitLaw(sorted.slice(0, origin), form, options);
      if (fit.status === "too_few_points") return [];
      return sorted.slice(origin).map(({ size }, i) => ({
        form,
        steps: i + 1,
        fittedUpTo: sorted[origin - 1]!.size,
        size,
        predicted: lossAt(fit.law, size),
        observed: observed[origin + i]!,
      }));
    }),
  );
}

function scoreHorizons(forecasts: readonly Forecast[], forms: readonly LawForm[]): HorizonScore[] {
  const bySteps = new Map<number, Forecast[]>();
  for (const forecast of forecasts) {
    const there = bySteps.get(forecast.steps);
    if (there === undefined) bySteps.set(forecast.steps, [forecast]);
    else there.push(forecast);
  }
  return [...bySteps]
    .sort(([one], [other]) => one - other)
    .map(([steps, there]): HorizonScore => {
      const of = (form: LawForm) => there.filter((forecast) => forecast.form === form);
      const errors = forms.map((form) => ({ form, error: errorOf(of(form)) }));
      return {
        steps,
        factor: Math.exp(mean(there.map(({ size, fittedUpTo }) => Math.log(size / fittedUpTo)))),
        predictions: of(forms[0]!).length,
        errors,
        best: errors.reduce((least, other) => (other.error < least.error ? other : least)).form,
      };
    });
}

function errorOf(predictions: readonly HeldOutPrediction[]): number {
  return Math.sqrt(mean(predictions.map(({ predicted, observed }) => (predicted - observed) ** 2)));
}
