/**
 * What the marks of a chart tell when they are pointed at: the values that the chart encodes of them, under the titles of its axes and
 * legends.
 */

/** Any part of a specification. */
export type Part = Readonly<Record<string, unknown>>;

/** Marks that stand for one row of the data each. */
const SINGLE_MARKS = new Set(["point", "circle", "square", "rect", "bar", "tick", "line", "trail"]);

const TOLD_CHANNELS = ["x", "y", "color", "fill", "stroke", "shape", "size"];

/** The chart with tooltips: a mark tells all that its chart encodes of it, under the titles of the axes and legends. */
export function withTooltips(chart: Part): Part {
  const layers = chart.layer as readonly Part[] | undefined;
  if (!layers) return told(chart, [chart]);
  const units = layers.flatMap(unitsOf);
  return { ...chart, layer: layers.map((layer) => told(layer, units)) };
}

function unitsOf(part: Part): Part[] {
  const layers = part.layer as readonly Part[] | undefined;
  return layers ? layers.flatMap(unitsOf) : [part];
}

function told(part: Part, units: readonly Part[]): Part {
  if (part.layer)
    return { ...part, layer: (part.layer as readonly Part[]).map((inner) => told(inner, units)) };
  const encoding = part.encoding as Part | undefined;
  const rows = rowsOf(part);
  if (!encoding || !rows || "tooltip" in encoding || !SINGLE_MARKS.has(markType(part))) return part;
  const fields = encodedFields(units);
  const completed = completeRows(rows, units, fields, [fieldOf(encoding.x), fieldOf(encoding.y)]);
  const present = [...fields.values()].filter(({ field }) => completed.every((row) => field in row));
  if (present.length === 0) return part;
  const rates = present.filter(({ field }) => areRates(completed.map((row) => row[field])));
  const values = completed.map((row) => ({
    ...row,
    ...Object.fromEntries(rates.map(({ field }) => [`${field}_text`, rateText(row[field] as number)])),
  }));
  const tooltip = present.map((told) =>
    rates.includes(told) ? { ...told, field: `${told.field}_text`, type: "nominal" } : told,
  );
  return { ...part, data: { ...(part.data as Part), values }, encoding: { ...encoding, tooltip } };
}

interface ToldField {
  readonly field: string;
  readonly type: string;
  readonly title: string;
}

/** What the units encode, by title: a size drawn on an axis and named in a legend is told once. */
function encodedFields(units: readonly Part[]): Map<string, ToldField> {
  const found = new Map<string, ToldField>();
  for (const channel of TOLD_CHANNELS) {
    for (const { encoding } of units) {
      const definition = (encoding as Part | undefined)?.[channel] as Part | undefined;
      const field = fieldOf(definition);
      const title = titleOfChannel(definition);
      if (field === undefined || !title || found.has(title)) continue;
      found.set(title, { field, type: String(definition!.type ?? "nominal"), title });
    }
  }
  return found;
}

/** The rows with the fields they lack, taken from rows at the same place in other layers: a ring tells the loss of the cell it marks. */
function completeRows(
  rows: readonly Part[],
  units: readonly Part[],
  fields: ReadonlyMap<string, ToldField>,
  place: readonly (string | undefined)[],
): readonly Part[] {
  const keys = place.filter((key) => key !== undefined);
  const lacking = [...fields.values()].filter(({ field }) => rows.some((row) => !(field in row)));
  if (lacking.length === 0 || keys.length < 2) return rows;
  const others = units.flatMap((unit) => (SINGLE_MARKS.has(markType(unit)) ? (rowsOf(unit) ?? []) : []));
  const at = (row: Part) =>
    keys.every((key) => key in row) ? JSON.stringify(keys.map((key) => row[key])) : "";
  return rows.map((row) => {
    const same = others.filter((other) => at(other) !== "" && at(other) === at(row));
    const more = lacking.flatMap(({ field }) => {
      const values = new Set(same.filter((other) => field in other).map((other) => other[field]));
      return values.size === 1 && !(field in row) ? [[field, [...values][0]] as const] : [];
    });
    return { ...row, ...Object.fromEntries(more) };
  });
}

/** Whether the values are of the kind that is written 3e-4 rather than 0.0003. */
function areRates(values: readonly unknown[]): boolean {
  const numbers = values.filter((value) => typeof value === "number");
  return (
    numbers.length === values.length && numbers.every((value) => value > 0) && Math.min(...numbers) < 1e-2
  );
}

/** All digits of the number: 2.2e-3. */
function rateText(value: number): string {
  return value.toExponential().replace("+", "");
}

function titleOfChannel(definition: Part | undefined): string {
  const axis = definition?.axis as Part | null | undefined;
  const legend = definition?.legend as Part | null | undefined;
  const title = definition?.title ?? axis?.title ?? legend?.title;
  return typeof title === "string" ? title : "";
}

function fieldOf(definition: unknown): string | undefined {
  const field = (definition as Part | undefined)?.field;
  return typeof field === "string" ? field : undefined;
}

function rowsOf(unit: Part): readonly Part[] | undefined {
  const values = (unit.data as Part | undefined)?.values;
  return Array.isArray(values) ? values : undefined;
}

function markType({ mark }: Part): string {
  return String(typeof mark === "object" ? (mark as Part | null)?.type : mark);
}
