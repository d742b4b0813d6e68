/**
 * The laws that a grid's smaller sizes leave standing, as the claims measure by them: each form by itself, fitted to the
 * grid and to every grid drawn again.
 */

import type { AnalysedSection, GridAnalysis } from "../laws/analysis";
import { type CandidateOutcome, candidateLaws } from "../laws/candidates";
import { refitter, type SizeLosses } from "../laws/fit";
import type { Law, LawForm } from "../laws/forms";
import { sizeRoles } from "../laws/roles";
import { hindered, meanLoss } from "./measured";
import type { Hindrance } from "./source";

/** One form of law for the smaller sizes of a grid. */
export interface FormLaw {
  readonly form: LawForm;
  /** The law of the same sizes in a grid like this one; a hindrance where a size has no loss there. */
  readonly lawOf: (section: AnalysedSection) => Law | Hindrance;
  readonly fittedSizes: readonly number[];
  readonly largestFitted: number;
}

/** The admissible laws of a section, the chosen one first. */
export interface SectionLaws {
  readonly laws: CandidateOutcome;
  readonly forms: readonly FormLaw[];
}

/** The laws at the tuned rate and of the best case; null where there is no such section. */
export interface GridLaws {
  readonly fixedRate: SectionLaws | null;
  readonly bestCase: SectionLaws;
}

export function gridLaws({ fixedRate, bestCase, sizes }: GridAnalysis): GridLaws {
  const { fitted } = sizeRoles(sizes);
  const of = ({ points }: AnalysedSection) => sectionLaws(points.filter(({ size }) => fitted.includes(size)));
  return { fixedRate: fixedRate && of(fixedRate), bestCase: of(bestCase) };
}

function sectionLaws(points: readonly SizeLosses[]): SectionLaws {
  const laws = candidateLaws(points);
  if (laws.status === "unavailable") return { laws, forms: [] };
  const { admissible, chosen } = laws;
  const fittedSizes = laws.points.map(({ size }) => size);
  const forms = [chosen, ...admissible.filter((law) => law !== chosen)].map(({ form, fit }): FormLaw => {
    const refit = refitter(fit);
    const lawOf = (section: AnalysedSection) => {
      const means = fittedSizes.map((size) => section.points.find((point) => point.size === size));
      return means.some((point) => point === undefined)
        ? hindered("diverged", "a smaller size has no loss there")
        : refit(means.map((point) => meanLoss(point!)));
    };
    return { form, lawOf, fittedSizes, largestFitted: fittedSizes.at(-1)! };
  });
  return { laws, forms };
}
