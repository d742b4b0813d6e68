/** The parts of the README that are made from the reference run: its table of claims and the picture of its panels. */

import { gridFigures } from "../../charts/figures";
import { renderSvg } from "../../charts/svg";
import { claimMarkdown } from "../../claims/claim-tables";
import { judgeClaims } from "../../claims/judge";
import { gridSource } from "../../claims/source";
import { postCells, referenceRecords } from "../../notebook/reference";
import { summarizeCells } from "../../tables/cells";
import { referenceSource } from "../reference-source";

const BEGIN = "<!-- claims -->";
const END = "<!-- /claims -->";

/**
 * The README with the table of claims between its markers made anew.
 *
 * @throws where the markers do not stand in it once each, in their order
 */
export function withClaimTable(readme: string): string {
  const [before, rest, ...moreBegins] = readme.split(BEGIN);
  const [, after, ...moreEnds] = (rest ?? "").split(END);
  if (after === undefined || moreBegins.length > 0 || moreEnds.length > 0 || before!.includes(END)) {
    throw new Error(`README.md must have the lines ${BEGIN} and ${END} once each, in this order`);
  }
  return `${before}${BEGIN}\n${claimTable()}\n${END}${after}`;
}

/** The claims in the post and in the reference run, as Markdown. */
function claimTable(): string {
  return claimMarkdown(
    [gridSource("the post", postCells()), referenceSource()].map((source) => judgeClaims(source)),
  );
}

/** The post's four panels of the reference run, as the text of an SVG file. */
export function referencePanels(): Promise<string> {
  return renderSvg(gridFigures(summarizeCells(referenceRecords()))["four-panels"], { ink: "theme" });
}
