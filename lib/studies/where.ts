/**
 * A part of a study, selected by the values of its factors. The trials of that part are those of the whole study, with the same ids.
 */

import { CONFIG_FIELDS, type ConfigField } from "./config";
import { type FactorValue, type Study, StudyError, valuesOf } from "./study";
import { type Trial, trialsOf } from "./trials";

/** Values of configuration fields, one or several a field, such as `{ schedule: "cosine", hidden_size: [8, 16] }`; `{}` selects everything. */
export type Where = { readonly [Field in ConfigField]?: FactorValue | readonly FactorValue[] };

/**
 * The trials of the study that have one of the given values in every named field, in the order of the grid.
 *
 * @throws StudyError for a field or a value that the study does not have
 */
export function trialsWhere(study: Study, where: Where): Trial[] {
  const wanted = checked(study, where);
  return trialsOf(study).filter(({ config }) =>
    wanted.every(([field, values]) => values.includes(config[field] ?? "")),
  );
}

/**
 * The study with only the selected values of its factors. It declares the same trials as that part of the whole study does, but it is
 * another study: a results folder belongs to one of the two.
 *
 * @throws StudyError for a field or a value that the study does not have
 */
export function studyWhere(study: Study, where: Where): Study {
  const selected = checked(study, where).filter(([field]) => study.factors[field] !== undefined);
  return { ...study, factors: { ...study.factors, ...Object.fromEntries(selected) } };
}

/** The values wanted of each field, in the order of the study, each of them known to be there. */
function checked(study: Study, where: Where): [ConfigField, FactorValue[]][] {
  return Object.entries(where).map(([name, value]) => {
    const field = name as ConfigField;
    if (!Object.hasOwn(CONFIG_FIELDS, field)) {
      throw new StudyError(
        `where: ${study.name} has no factor ${name}; its factors are ${Object.keys(study.factors).join(", ")}`,
      );
    }
    const known = valuesOf(study, field) as readonly FactorValue[];
    const wanted = (Array.isArray(value) ? value : [value]) as readonly FactorValue[];
    const unknown = wanted.find((one) => !known.includes(one));
    if (wanted.length === 0 || unknown !== undefined) {
      const asked = unknown === undefined ? "an empty list" : JSON.stringify(unknown);
      throw new StudyError(
        `where: ${study.name} has no trial with ${name} ${asked}; its values are ${known.map((one) => JSON.stringify(one)).join(", ")}`,
      );
    }
    return [field, known.filter((one) => wanted.includes(one))];
  });
}
