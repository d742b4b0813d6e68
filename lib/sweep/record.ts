/**
 * What is known of a finished trial: one line of the ledger. Reading and writing the ledger is `ledger.ts`;
 * tables, laws and charts are made from these records alone.
 */

import type { FactorValue } from "../studies/study";

export type { FactorValue };

interface RecordBase {
  /** Hash of everything that determines the trial's result but the engine. */
  readonly id: string;
  /** The trial's point in the grid by factor name, the seed included: `{hidden_size: 8, learning_rate: 3e-3, seed: 0}`. */
  readonly factors: Readonly<Record<string, FactorValue>>;
  /** Downsampled training loss: [update counted from 1, mean loss in nats since the point before]. */
  readonly curve: readonly (readonly [update: number, loss: number])[];
  /** The engine that trained it. */
  readonly engine: string;
  /** Wall time of its stack divided by the trials in the stack, in seconds. */
  readonly seconds: number;
}

/** A trial that ran to its last update. */
export interface CompletedRecord extends RecordBase {
  readonly status: "completed";
  /** Training loss in nats: mean of the last 5 % of updates. */
  readonly loss: number;
  /** Held-out loss in nats. */
  readonly test_loss: number;
  /** Held-out accuracy, 0 to 1. */
  readonly test_accuracy: number;
  /** True where `loss` is no better than a uniform guess over the classes. */
  readonly plateau: boolean;
}

/** A trial whose loss became NaN or infinite. */
export interface DivergedRecord extends RecordBase {
  readonly status: "diverged";
  /** The update, counted from 1, whose loss was the first that was not finite. */
  readonly diverged_at: number;
}

/** A finished trial, as the ledger has it. */
export type TrialRecord = CompletedRecord | DivergedRecord;
