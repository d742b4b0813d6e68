/**
 * What a chart shows, in words, for readers who cannot see it: the specification's own description, or one that is made of its title,
 * marks and axes.
 */

import type { SpecPart } from "../charts/spec";

/** The ways of Vega-Lite to put several views into one chart, and how many views each makes a list of. */
const COMPOSED = ["concat", "hconcat", "vconcat"] as const;

/** The channels that are told, in the order in which a reader needs them. */
const CHANNELS: readonly (readonly [channel: string, words: string])[] = [
  ["y", ""],
  ["x", " against "],
  ["color", ", by colour "],
  ["shape", ", by shape "],
  ["size", ", by size "],
  ["facet", ", one panel for each "],
  ["row", ", one row for each "],
  ["column", ", one column for each "],
];

/** The chart in words. */
export function alternativeText(spec: SpecPart): string {
  const { description } = spec;
  if (typeof description === "string" && description.trim() !== "") return description;
  const title = titleText(spec.title);
  const content = [...new Set(views(spec))].join("; ") || "chart";
  const sentence = `${content[0]!.toUpperCase()}${content.slice(1)}.`;
  return title === "" ? sentence : `${title}${/[.!?]$/.test(title) ? "" : "."} ${sentence}`;
}

/** One phrase for each view of the chart. */
function views(spec: SpecPart, inherited: SpecPart = {}): string[] {
  const encoding = { ...inherited, ...part(spec.encoding) };
  const composed = COMPOSED.flatMap((key) => list(spec[key]));
  if (composed.length > 0) return composed.flatMap((view) => views(view, encoding));
  if (spec.spec !== undefined) {
    const facet = part(spec.facet);
    return views(part(spec.spec), "field" in facet ? { ...encoding, facet } : { ...encoding, ...facet });
  }
  const layers = list(spec.layer);
  if (layers.length > 0) return layers.flatMap((layer) => views(layer, encoding));
  const mark = typeof spec.mark === "string" ? spec.mark : part(spec.mark).type;
  if (typeof mark !== "string") return [];
  const axes = CHANNELS.flatMap(([channel, words]) => {
    const named = channelText(part(encoding[channel]));
    return named === "" ? [] : [`${words}${named}`];
  }).join("");
  return [`${mark} marks${axes === "" ? "" : `: ${axes.replace(/^(, | against )/, "")}`}`];
}

/** What a channel shows: its own title or its axis', else its field or how it is aggregated. */
function channelText(channel: SpecPart): string {
  const { title, field, aggregate, scale } = channel;
  const named =
    titleText(title ?? part(channel.axis).title ?? part(channel.legend).title) ||
    [typeof aggregate === "string" ? aggregate : "", typeof field === "string" ? field : ""]
      .filter(Boolean)
      .join(" of ");
  return named !== "" && part(scale).type === "log" ? `${named} (logarithmic)` : named;
}

/** A title as one line, with its subtitle. */
function titleText(title: unknown): string {
  if (typeof title === "string") return title.trim();
  if (Array.isArray(title)) return title.join(" ").trim();
  const { text, subtitle } = part(title);
  return [text, subtitle]
    .map((lines) => (lines === undefined ? "" : titleText(lines)))
    .filter(Boolean)
    .join(". ");
}

function part(value: unknown): SpecPart {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as SpecPart) : {};
}

function list(value: unknown): SpecPart[] {
  return Array.isArray(value) ? value.map(part) : [];
}
