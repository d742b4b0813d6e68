/** All forms of law fitted to the same losses. One form is `fit.ts`, the choice between them `choice.ts`. */

import { type FitOptions, fitLaw, type LawFit, type SizeLosses } from "./fit";
import { LAW_FORMS } from "./forms";

/** Fits every form that the number of sizes allows, in the order of `LAW_FORMS`; none for fewer than three sizes. */
export function fitForms(points: readonly SizeLosses[], options: FitOptions = {}): LawFit[] {
  return LAW_FORMS.map((form) => fitLaw(points, form, options)).filter(
    (outcome): outcome is LawFit => outcome.status !== "too_few_points",
  );
}
