/**
 * A chart in the page: its title as text, and each panel as an SVG that stands there until the page's script draws it anew with tooltips.
 * The script is `page/draw.js`.
 */

import type { ChartSpec } from "../charts/spec";
import { renderSvg } from "../charts/svg";
import { escaped, unbroken } from "./escape";
import { type PanelTitle, panelsOf } from "./panels";

/** Collects the charts of a page: their specifications go into one data block, in the order of their numbers. */
export class Figures {
  readonly specs: ChartSpec[] = [];

  /**
   * A figure of the chart.
   *
   * @param words the chart in words, for readers who cannot see it
   * @throws where the chart cannot be drawn, or takes its data from elsewhere
   */
  async figure(chart: ChartSpec, words: string): Promise<string> {
    const { title, panels } = panelsOf(chart);
    const alone = panels.length === 1;
    const drawn: string[] = [];
    for (const panel of panels) {
      const number = this.specs.push(panel.spec) - 1;
      const svg = ownIds(await renderSvg(panel.spec), number);
      const label = escaped(alone ? words : panel.spec.description);
      const box = `<div class="chart" role="img" aria-label="${label}" data-chart="${number}">${svg}</div>`;
      drawn.push(`<div class="panel">${titleHtml(panel.title)}${box}</div>`);
    }
    const group = alone ? "" : ` aria-label="${escaped(words)}"`;
    const caption = titleHtml(title);
    return [
      `<figure${group}>`,
      ...(caption === "" ? [] : [`<figcaption>${caption}</figcaption>`]),
      `<div class="${alone ? "panels" : "panels several"}">`,
      ...drawn,
      "</div>",
      "</figure>\n",
    ].join("\n");
  }
}

function titleHtml({ of, finding, shown }: PanelTitle): string {
  return [
    of && `<p class="of">${escaped(of)}</p>`,
    finding && `<p class="finding">${unbroken(finding)}</p>`,
    shown && `<p class="shown">${unbroken(shown)}</p>`,
  ].join("");
}

/**
 * The SVG with names that no other on the page has, numbered from its own first one: Vega counts on through a process, and the same
 * report must be the same bytes. Its description is left to the element around it.
 */
function ownIds(svg: string, chart: number): string {
  const names = new Map<string, string>();
  const renamed = (id: string) => {
    if (!names.has(id)) names.set(id, `chart-${chart}-${names.size}`);
    return names.get(id)!;
  };
  return svg
    .replace(/\bid="([^"]*)"/g, (_, id: string) => `id="${renamed(id)}"`)
    .replace(/url\(#([^)]*)\)/g, (_, id: string) => `url(#${renamed(id)})`)
    .replace(/<desc>[^<]*<\/desc>/, "")
    .replace(/^<svg /, '<svg aria-hidden="true" ');
}
