/** The paragraphs at the head of a report: what was trained, and how the claims fared. */

import type { Verdict } from "../claims/verdict";
import type { ConfigField } from "../studies/config";
import { type Study, valuesOf } from "../studies/study";
import type { TrialRecord } from "../sweep/record";
import { counted } from "../sweep/words";
import type { ReportClaim } from "./contents";

/** Names of factors in the plural; others are named by their field. */
const PLURALS: Readonly<Partial<Record<ConfigField, string>>> = {
  hidden_size: "hidden sizes",
  learning_rate: "learning rates",
  seed: "seeds",
};

/** The paragraphs of a summary, as plain text. */
export function summaryParagraphs(
  study: Study,
  records: readonly TrialRecord[],
  claims: readonly ReportClaim[],
): string[] {
  return [trainingSentences(study, records), ...(claims.length === 0 ? [] : [claimsSentence(claims)])];
}

function trainingSentences(study: Study, records: readonly TrialRecord[]): string {
  const fields = Object.keys(study.factors) as ConfigField[];
  const grid = fields
    .map((name) => `${study.factors[name]!.length} ${PLURALS[name] ?? `values of ${name}`}`)
    .join(" × ");
  const [updates, ...others] = valuesOf(study, "updates");
  const length =
    updates === undefined || others.length > 0 ? "" : `, ${updates.toLocaleString("en")} updates each`;
  const diverged = records.filter(({ status }) => status === "diverged").length;
  const end = diverged === 0 ? "All of them ran to the end" : `${diverged} of them diverged`;
  return `${counted(records.length, "trial")} on the data set ${study.dataset.name}: ${grid}${length}. ${end}.`;
}

function claimsSentence(claims: readonly ReportClaim[]): string {
  const count = (verdict: Verdict) => claims.filter((claim) => claim.verdict === verdict).length;
  return `Of the ${claims.length} claims of the post that it reruns (Luke Metz, “On the Difficulty of Extrapolation with NN Scaling”, 2022) this run reproduces ${count("reproduced")}, does not reproduce ${count("not_reproduced")}, and cannot tell about ${count("cannot_tell")}.`;
}
