/**
 * The parts of the documents that are made anew from the reference run and the post's grid, so that no number in them is
 * older than the code: the README's picture, finding, claims and printed lines, the table of claims, the example of `fit`.
 */

import { relative, sep } from "node:path";
import { gridFigures } from "../../charts/figures";
import { headlineFigure } from "../../charts/headline";
import { DARK_THEME_INK, LIGHT_THEME_INK, renderSvg } from "../../charts/svg";
import { claimMarkdown } from "../../claims/claim-tables";
import { type JudgedSource, judgeClaims } from "../../claims/judge";
import { gridSource } from "../../claims/source";
import type { ClaimId } from "../../claims/statements";
import { studyHeadline } from "../../laws/headline";
import { projectFolder } from "../../notebook/project";
import { postCells, referenceRecords } from "../../notebook/reference";
import { escaped } from "../../notebook/table";
import { summarizeCells } from "../../tables/cells";
import { referenceFolder, referenceSource } from "../reference-source";
import { summarizeStudy } from "../text/summary";

/** The claims that the README shows; `docs/claims.md` has them all. */
const CENTRAL_CLAIMS: readonly ClaimId[] = ["extrapolation-misses", "no-form-predicts", "best-rate-recovers"];

/** Text for each part of a document, by the name in its markers. */
type Parts = Readonly<Record<string, () => string>>;

/** The documents with generated parts, by their paths in the project. */
export const DOCUMENTS: Readonly<Record<string, Parts>> = {
  "README.md": {
    headline: headlineMarkup,
    finding: () => `**${studyHeadline(referenceRecords())}.**`,
    printed,
    claims: () => claimMarkdown(judged(), CENTRAL_CLAIMS),
  },
  "docs/claims.md": {
    claims: () => claimMarkdown(judged()),
    panels: () => `![The four panels of the reference run](../${path(pictureFiles().panels)})`,
  },
};

/**
 * A document with what is between its markers made anew: `<!-- NAME -->` and `<!-- /NAME -->` around each part.
 *
 * @throws where the markers of a part are not in it once each, in their order
 */
export function withParts(name: string, text: string): string {
  return Object.entries(DOCUMENTS[name]!).reduce(
    (whole, [part, content]) => withPart(name, whole, part, content),
    text,
  );
}

function withPart(document: string, text: string, name: string, content: () => string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest, ...moreBegins] = text.split(begin);
  const [, after, ...moreEnds] = (rest ?? "").split(end);
  if (after === undefined || moreBegins.length > 0 || moreEnds.length > 0 || before!.includes(end)) {
    throw new Error(`${document} must have the lines ${begin} and ${end} once each, in this order`);
  }
  return `${before}${begin}\n${content()}\n${end}${after}`;
}

/** A file as Markdown names it, from the project's folder. */
function path(file: string): string {
  return relative(projectFolder(), file).split(sep).join("/");
}

/** The picture as GitHub shows it, in the drawing that suits the reader's theme. */
function headlineMarkup(): string {
  const { light, dark } = pictureFiles();
  const { description } = headline();
  return [
    "<picture>",
    `  <source media="(prefers-color-scheme: dark)" srcset="${path(dark)}">`,
    `  <img src="${path(light)}" width="760" alt="${escaped(description)}">`,
    "</picture>",
  ].join("\n");
}

/** The files of the drawings for light and for dark pages, and of the four panels. */
export function pictureFiles() {
  const folder = referenceFolder();
  return {
    light: `${folder}-headline.svg`,
    dark: `${folder}-headline-dark.svg`,
    panels: `${folder}-panels.svg`,
  };
}

/** The text of those files. */
export async function referencePictures(): Promise<Record<keyof ReturnType<typeof pictureFiles>, string>> {
  const chart = headline();
  const panels = gridFigures(summarizeCells(referenceRecords()))["four-panels"];
  return {
    light: await renderSvg(chart, { ink: LIGHT_THEME_INK }),
    dark: await renderSvg(chart, { ink: DARK_THEME_INK }),
    panels: await renderSvg(panels, { ink: "theme" }),
  };
}

function headline() {
  return headlineFigure(summarizeCells(referenceRecords()));
}

/** Of what a run prints: the line at the fixed rate, and how far the larger sizes are off it. */
function printed(): string {
  const paragraphs = summarizeStudy(referenceRecords()).split("\n\n");
  const law = paragraphs.findIndex((paragraph) => paragraph.startsWith("The law at rate"));
  const [heading, line] = paragraphs[law]!.split("\n");
  return ["```", heading, line, paragraphs[law + 1], "```"].join("\n");
}

let claims: readonly JudgedSource[] | undefined;

/** The claims in the post and in the reference run. */
function judged(): readonly JudgedSource[] {
  claims ??= [gridSource("the post", postCells()), referenceSource()].map((source) => judgeClaims(source));
  return claims;
}
