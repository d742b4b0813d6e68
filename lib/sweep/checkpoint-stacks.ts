/** The stacks of a run that goes on from checkpoints. */

import type { Trial } from "../studies/trials";
import { type ProgramData, type Stack, type StackEngine, stacksOf } from "./stacks";

/** A stack whose trials all stand at the same update. */
export interface StandingStack extends Stack {
  /** Updates done, 0 where the stack has not begun. */
  readonly done: number;
}

/**
 * All trials in stacks: first those that go on, trials at the same update together, then those that begin.
 *
 * @param standing the updates that trials have done, by id; none for a trial that is not in it
 */
export function standingStacks(
  trials: readonly Trial[],
  standing: ReadonlyMap<string, number>,
  dataset: ProgramData,
  engine: StackEngine,
): StandingStack[] {
  const groups = new Map<number, Trial[]>();
  for (const trial of trials) {
    const done = standing.get(trial.id) ?? 0;
    const group = groups.get(done);
    if (group) group.push(trial);
    else groups.set(done, [trial]);
  }
  const stacks = [...groups].flatMap(([done, group]) =>
    stacksOf(group, dataset, engine).map((stack): StandingStack => ({ ...stack, done })),
  );
  return [...stacks.filter(({ done }) => done > 0), ...stacks.filter(({ done }) => done === 0)];
}
