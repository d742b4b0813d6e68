/** All forms of law fitted to the same losses. One form is `fit.ts`, the choice between them `choice.ts`. */

import { type FitOptions, fitLaw, type LawFit, type SizeLosses } from "./fit";
import { LAW_FORMS } from "./forms";

/**
 * Fits every form that the number of sizes allows, in the order of `LAW_FORMS`.
 *
 * @throws where there are too few sizes for any.
 */
export function fitForms(points: readonly SizeLosses[], options: FitOptions = {}): LawFit[] {
  const outcomes = LAW_FORMS.map((form) => fitLaw(points, form, options));
  const fits = outcomes.filter((outcome): outcome is LawFit => outcome.status !== "too_few_points");
  if (fits.length === 0) throw new Error(outcomes[0]!.sentence);
  return fits;
}
