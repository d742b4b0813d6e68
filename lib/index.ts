export type { TrialRecord } from "./sweep/record";
