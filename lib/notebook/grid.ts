/**
 * The grid of sizes and learning rates that a notebook looks at. The laws are about these two alone, so of every other factor that a
 * study sweeps one value is looked at.
 */

import { type SizeRoles, sizeRoles } from "../laws/roles";
import type { ConfigField } from "../studies/config";
import { type FactorValue, type Study, StudyError, valuesOf } from "../studies/study";
import { studyWhere, type Where } from "../studies/where";
import { namedStudy } from "./project";

/** Fields that may vary within the grid. */
const WITHIN: readonly string[] = ["hidden_size", "learning_rate", "seed"];

/** A grid, as a part of its study. */
export interface NotebookGrid {
  /** Name of the study. */
  readonly study: string;
  /** What selects its trials: the given `where`, and one value of every other factor but size, learning rate and seed. */
  readonly where: Where;
  /** Which of its sizes laws are fitted to and which are held out. */
  readonly roles: SizeRoles;
  /** Its sizes, learning rates and seeds counted, and which other parts the study has. */
  readonly sentence: string;
}

/**
 * The grid of a study, or of the part of it that `where` selects. A factor other than size, learning rate and seed that still has
 * several values is held at its first.
 *
 * @param study a study, the name of one, or a JSON file that declares one
 * @param least the fewest sizes that the notebook can do with
 * @throws StudyError where there is no such study or part, or it has fewer sizes than that
 */
export function gridOf(study: Study | string, where: Where = {}, least = 3): NotebookGrid {
  const whole = namedStudy(study);
  const part = studyWhere(whole, where);
  const others = Object.entries(part.factors).filter(([name]) => !WITHIN.includes(name)) as [
    ConfigField,
    readonly FactorValue[],
  ][];
  const held = Object.fromEntries(others.map(([name, values]) => [name, values[0]!]));
  const sizes = valuesOf(part, "hidden_size");
  if (sizes.length < least) {
    throw new StudyError(
      `${whole.name} has ${counted(sizes, "size")} here (${sizes.join(", ")}), and this needs ${least} or more; sweep more values of hidden_size`,
    );
  }
  return {
    study: whole.name,
    where: { ...where, ...held },
    roles: sizeRoles(sizes),
    sentence: [
      `${whole.name}: ${counted(sizes, "size")} × ${counted(valuesOf(part, "learning_rate"), "learning rate")} × ${counted(valuesOf(part, "seed"), "seed")}`,
      ...others.map(([name, values]) => `${name} ${values[0]}${remaining(name, values)}`),
    ].join(", "),
  };
}

function counted(values: readonly unknown[], noun: string): string {
  return `${values.length} ${noun}${values.length === 1 ? "" : "s"}`;
}

/** How to see the other values of a factor that is held at its first. */
function remaining(name: string, values: readonly FactorValue[]): string {
  if (values.length === 1) return "";
  const others = values.slice(1).map((value) => JSON.stringify(value));
  const last = others.pop()!;
  const list = others.length === 0 ? last : `${others.join(", ")} or ${last}`;
  return ` (for ${list}: where = {${name}: ${JSON.stringify(values[1])}})`;
}
