/** The parts of the README that are made from the reference run: its picture, its table of claims and its four panels. */

import { relative, sep } from "node:path";
import { gridFigures } from "../../charts/figures";
import { headlineFigure } from "../../charts/headline";
import { DARK_THEME_INK, LIGHT_THEME_INK, renderSvg } from "../../charts/svg";
import { claimMarkdown } from "../../claims/claim-tables";
import { judgeClaims } from "../../claims/judge";
import { gridSource } from "../../claims/source";
import { projectFolder } from "../../notebook/project";
import { postCells, referenceRecords } from "../../notebook/reference";
import { escaped } from "../../notebook/table";
import { summarizeCells } from "../../tables/cells";
import { referenceFolder, referenceSource } from "../reference-source";

/**
 * The README with what stands between its markers made anew: `<!-- headline -->` for the picture, `<!-- claims -->` for
 * the table of claims.
 *
 * @throws where the markers of a part do not stand in it once each, in their order
 */
export function withReferenceParts(readme: string): string {
  return withPart(withPart(readme, "headline", headlineMarkup()), "claims", claimTable());
}

function withPart(readme: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest, ...moreBegins] = readme.split(begin);
  const [, after, ...moreEnds] = (rest ?? "").split(end);
  if (after === undefined || moreBegins.length > 0 || moreEnds.length > 0 || before!.includes(end)) {
    throw new Error(`README.md must have the lines ${begin} and ${end} once each, in this order`);
  }
  return `${before}${begin}\n${content}\n${end}${after}`;
}

/** The picture as GitHub shows it, in the drawing that suits the reader's theme. */
function headlineMarkup(): string {
  const path = (file: string) => relative(projectFolder(), file).split(sep).join("/");
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

/** The claims in the post and in the reference run, as Markdown. */
function claimTable(): string {
  return claimMarkdown(
    [gridSource("the post", postCells()), referenceSource()].map((source) => judgeClaims(source)),
  );
}
