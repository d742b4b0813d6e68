import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { referencePanels, withClaimTable } from "../../../lib/cli/scripts/readme-parts";

const ROOT = resolve(__dirname, "../../..");

describe("the README", () => {
  it("has the table of claims that the script makes of the post and the reference run", () => {
    const readme = readFileSync(resolve(ROOT, "README.md"), "utf8");
    expect(withClaimTable(readme)).toBe(readme);
    const table = readme.split("<!-- claims -->")[1]!.split("<!-- /claims -->")[0]!;
    expect(table.match(/\*\*(reproduced|not reproduced|cannot tell)\*\*/g)).toHaveLength(24);
  });

  it("shows the panels of the reference run as the script draws them", async () => {
    const file = resolve(ROOT, "data/reference/kanji-500-panels.svg");
    expect(await referencePanels()).toBe(readFileSync(file, "utf8"));
    expect(readFileSync(resolve(ROOT, "README.md"), "utf8")).toContain(
      "](data/reference/kanji-500-panels.svg)",
    );
  });

  it.each([
    "",
    "<!-- claims -->",
    "<!-- /claims --><!-- claims -->",
    "<!-- claims --><!-- /claims --><!-- claims -->",
  ])("is left alone where its markers are not right: %j", (text) => {
    expect(() => withClaimTable(text)).toThrow(
      "README.md must have the lines <!-- claims --> and <!-- /claims -->",
    );
  });
});
