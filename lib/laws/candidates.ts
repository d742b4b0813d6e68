/**
 * The laws that losses of some sizes may follow: every form fitted to them, and which of the forms the losses do not
 * refute. What these laws say of another size is `departures.ts`.
 */

import { chooseForm, type FormChoice } from "./choice";
import { type FitOutcome, FORM_NAMES, fitLaw, type LawFit, type SizeLosses } from "./fit";
import { LAW_FORMS, type LawForm } from "./forms";
import { type LackOfFit, lackOfFit } from "./lack-of-fit";
import { type SeedNoise, seedNoise } from "./seed-noise";
import { formatList } from "./wording";

/** One form of law, fitted. */
export interface CandidateLaw {
  readonly form: LawForm;
  readonly fit: LawFit;
  readonly lackOfFit: LackOfFit;
}

/** The laws of some sizes. */
export interface CandidateLaws {
  readonly status: "fitted";
  readonly points: readonly SizeLosses[];
  /** Every form that the number of sizes allows and that converged, in the order of `LAW_FORMS`. */
  readonly fitted: readonly CandidateLaw[];
  /** Those that the sizes do not refute. Where they refute all, all: none is the true one, and none is better founded. */
  readonly admissible: readonly CandidateLaw[];
  /** Whether the sizes refute every form. */
  readonly allRefuted: boolean;
  readonly choice: FormChoice;
  /** Of the admissible laws the one that predicted held-out sizes best; where none can be held out, the first. */
  readonly chosen: CandidateLaw;
  /** Noise of the seeds, pooled over the sizes; null without replicates. */
  readonly noise: SeedNoise | null;
  /** Losses a size, where they differ the fewest. */
  readonly seeds: number;
  /** Which forms count and why, in one sentence. */
  readonly sentence: string;
}

/** The candidate laws of some sizes, or why there are none. */
export type CandidateOutcome =
  | CandidateLaws
  | { readonly status: "unavailable"; readonly points: readonly SizeLosses[]; readonly sentence: string };

/**
 * Fits every form by least squares and tests each against the noise of the seeds (`lack-of-fit.ts`). Without seeds no
 * form is refuted.
 *
 * @param points losses by size, at least three sizes; with fewer there is no law.
 */
export function candidateLaws(points: readonly SizeLosses[]): CandidateOutcome {
  const sorted = [...points].sort((one, other) => one.size - other.size);
  const outcomes = LAW_FORMS.map((form) => fitLaw(sorted, form));
  const fitted = outcomes.flatMap((fit): CandidateLaw[] =>
    fit.status === "too_few_points" || fit.status === "not_converged"
      ? []
      : [{ form: fit.law.form, fit, lackOfFit: lackOfFit(fit) }],
  );
  if (fitted.length === 0) return { status: "unavailable", points: sorted, sentence: outcomes[0]!.sentence };
  const standing = fitted.filter(({ lackOfFit: { refuted } }) => !refuted);
  const allRefuted = standing.length === 0;
  const admissible = allRefuted ? fitted : standing;
  const choice = chooseForm(sorted);
  const errorOf = ({ form }: CandidateLaw) =>
    choice.scores.find((score) => score.form === form)?.error ?? Number.POSITIVE_INFINITY;
  return {
    status: "fitted",
    points: sorted,
    fitted,
    admissible,
    allRefuted,
    choice,
    chosen: admissible.reduce((best, other) => (errorOf(other) < errorOf(best) ? other : best)),
    noise: seedNoise(sorted.map(({ losses }) => losses)),
    seeds: Math.min(...sorted.map(({ losses }) => losses.length)),
    sentence: `${sentenceOf(fitted, standing)}${unfittedText(outcomes)}`,
  };
}

function sentenceOf(fitted: readonly CandidateLaw[], standing: readonly CandidateLaw[]): string {
  const words = (laws: readonly CandidateLaw[]) => formatList(laws.map(({ form }) => FORM_NAMES[form]));
  if (fitted.every(({ lackOfFit: { status } }) => status === "untested")) {
    return `without seeds that differ no form of law can be refuted, so all count: ${words(fitted)}`;
  }
  if (standing.length === 0) {
    return `none of these forms is the true one, for the noise of seeds explains the misfit of none: ${words(fitted)}; all count, as approximations whose intervals may be too narrow`;
  }
  const refuted = fitted.filter((law) => !standing.includes(law));
  return refuted.length === 0
    ? `the fitted sizes refute no form of law, so all count: ${words(fitted)}`
    : `the fitted sizes refute ${words(refuted)}; what counts is ${words(standing)}`;
}

/** The forms that do not count because they could not be fitted. */
function unfittedText(outcomes: readonly FitOutcome[]): string {
  const texts = outcomes.flatMap((fit) => {
    if (fit.status === "too_few_points") return [`there are too few sizes for ${FORM_NAMES[fit.form]}`];
    return fit.status === "not_converged" ? [`${FORM_NAMES[fit.law.form]} did not converge`] : [];
  });
  return texts.map((text) => `; ${text}`).join("");
}
