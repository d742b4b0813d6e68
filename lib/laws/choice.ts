/**
 * How well each form of law predicts larger sizes from smaller ones, one step ahead and as far as the data allow. The
 * form chosen so is the better one nearby; what several forms say far ahead is `departures.ts`.
 */

import { mean } from "simple-statistics";
import { type FitOptions, FORM_WORDS, fitLaw, type SizeLosses } from "./fit";
import { LAW_FORMS, type LawForm, lossAt, SOLVER_FORMS } from "./forms";
import { formatTimes } from "./wording";

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
 * each form a degree of freedom and a size to predict. All forms predict the same sizes. The form with the smallest
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
  const errors = scores.map(({ form, error }) => `${FORM_WORDS[form]} ${error.toFixed(3)}`).join(", ");
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
    sentence: `${FORM_WORDS[best.form]} predicts ${ahead} (error in nats: ${errors})`,
  };
}

/** A prediction with its form, and how many sizes ahead it is. */
interface Forecast extends HeldOutPrediction {
  readonly form: LawForm;
  readonly steps: number;
}

/** The predictions of all larger sizes from every origin. */
function rollingForecasts(
  sorted: readonly SizeLosses[],
  forms: readonly LawForm[],
  options: FitOptions,
): Forecast[] {
  const fewest = Math.max(...forms.map((form) => SOLVER_FORMS[form].parameters)) + 1;
  const origins = Array.from({ length: Math.max(sorted.length - fewest, 0) }, (_, i) => fewest + i);
  return forms.flatMap((form) =>
    origins.flatMap((count) => {
      const fit = fitLaw(sorted.slice(0, count), form, options);
      if (fit.status === "too_few_points") return [];
      return sorted.slice(count).map(({ size, losses }, i) => ({
        form,
        steps: i + 1,
        fittedUpTo: sorted[count - 1]!.size,
        size,
        predicted: lossAt(fit.law, size),
        observed: mean([...losses]),
      }));
    }),
  );
}

function scoreHorizons(forecasts: readonly Forecast[], forms: readonly LawForm[]): HorizonScore[] {
  const farthest = Math.max(...forecasts.map(({ steps }) => steps));
  return Array.from({ length: farthest }, (_, i): HorizonScore => {
    const there = forecasts.filter(({ steps }) => steps === i + 1);
    const of = (form: LawForm) => there.filter((forecast) => forecast.form === form);
    const errors = forms.map((form) => ({ form, error: errorOf(of(form)) }));
    return {
      steps: i + 1,
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
