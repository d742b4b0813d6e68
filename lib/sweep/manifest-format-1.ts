/** The first format of `manifest.json`, which described the last sitting only, in the terms of the present one. */

import { z } from "zod";

const schema = z.object({
  offcurve: z.string(),
  study: z.string(),
  study_hash: z.string(),
  trials: z.number(),
  dataset: z.object({ name: z.string(), licence: z.string(), sha256: z.record(z.string(), z.string()) }),
  engine: z.object({ name: z.string(), description: z.string() }),
  node: z.string(),
  system: z.string(),
  processor: z.string(),
  cores: z.number(),
  memory_bytes: z.number(),
  started: z.string(),
});

/** The document as one sitting of which nothing more was recorded; anything else is returned as it is, to be refused by the reader. */
export function fromFirstFormat(value: unknown): unknown {
  const result = schema.safeParse(value);
  if (!result.success) return value;
  const first = result.data;
  const [operating_system, architecture] = first.system.split(" ");
  return {
    format: 2,
    study: first.study,
    study_hash: first.study_hash,
    trials: first.trials,
    dataset: first.dataset,
    sittings: [
      {
        started: first.started,
        ended: null,
        outcome: "unrecorded",
        trials: null,
        trial_steps: null,
        flops: null,
        seconds: null,
        offcurve: first.offcurve,
        source: { revision: null, modified_files: [], reason: "not recorded by this version" },
        lock_file_sha256: null,
        node: first.node,
        engine: { ...first.engine, version: null, settings: {}, threads: null },
        machine: {
          processor: first.processor,
          physical_cores: null,
          logical_cores: null,
          available_cores: first.cores,
          memory_bytes: first.memory_bytes,
          operating_system,
          kernel: null,
          architecture,
          gpus: null,
        },
      },
    ],
  };
}
