/**
 * Which form of law to believe: the one that predicts larger sizes from smaller ones, not the one that fits best.
 */

import { mean } from "simple-statistics";
import { type FitOptions, FORM_WORDS, fitLaw, type SizeLosses } from "./fit";
import { LAW_FORMS, type LawForm, lossAt, SOLVER_FORMS } from "./forms";

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

export type FormChoice =
  | {
      readonly status: "chosen";
      readonly form: LawForm;
      readonly scores: readonly FormScore[];
      readonly sentence: string;
    }
  | { readonly status: "undecided"; readonly scores: readonly FormScore[]; readonly sentence: string };

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
  const fewest = Math.max(...forms.map((form) => SOLVER_FORMS[form].parameters)) + 1;
  const origins = Array.from({ length: Math.max(sorted.length - fewest, 0) }, (_, i) => fewest + i);
  const scores: FormScore[] = [];
  for (const form of forms) {
    const predictions = origins.flatMap((count) => {
      const fit = fitLaw(sorted.slice(0, count), form, options);
      if (fit.status === "too_few_points") return [];
      return sorted.slice(count, count + horizon).map(({ size, losses }) => ({
        fittedUpTo: sorted[count - 1]!.size,
        size,
        predicted: lossAt(fit.law, size),
        observed: mean([...losses]),
      }));
    });
    if (predictions.length === 0) continue;
    const squares = predictions.map(({ predicted, observed }) => (predicted - observed) ** 2);
    scores.push({ form, error: Math.sqrt(mean(squares)), predictions });
  }
  const [first, ...others] = scores;
  if (first === undefined) {
    const sentence = `too few sizes to choose a form of law: ${points.length}; none is left to hold out and predict`;
    return { status: "undecided", scores, sentence };
  }
  const best = others.reduce((least, score) => (score.error < least.error ? score : least), first);
  const errors = scores.map(({ form, error }) => `${FORM_WORDS[form]} ${error.toFixed(3)}`).join(", ");
  return {
    status: "chosen",
    form: best.form,
    scores,
    sentence: `${FORM_WORDS[best.form]} predicts held-out larger sizes best (error in nats: ${errors})`,
  };
}
