import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { pictureFiles, referencePictures, withReferenceParts } from "../../../lib/cli/scripts/readme-parts";

const ROOT = resolve(__dirname, "../../..");

const readme = readFileSync(resolve(ROOT, "README.md"), "utf8");
const between = (name: string) => readme.split(`<!-- ${name} -->`)[1]!.split(`<!-- /${name} -->`)[0]!;

describe("the README", () => {
  it("has the picture and the table of claims that the script makes of the post and the reference run", () => {
    expect(withReferenceParts(readme)).toBe(readme);
    expect(between("claims").match(/\*\*(reproduced|not reproduced|cannot tell)\*\*/g)).toHaveLength(24);
  });

  it("shows pictures of the reference run as the script draws them, one for dark pages", async () => {
    const [files, pictures] = [pictureFiles(), await referencePictures()];
    for (const name of ["light", "dark", "panels"] as const) {
      expect(pictures[name]).toBe(readFileSync(files[name], "utf8"));
    }
    const shown = [...between("headline").matchAll(/(?:src|srcset)="([^"]*)"/g)].map(([, path]) => path!);
    expect(shown.map((path) => resolve(ROOT, path))).toEqual([files.dark, files.light]);
    expect(between("headline")).toMatch(/ alt="[^"]{200,}"/);
  });

  it.each([
    "",
    "<!-- claims -->",
    "<!-- /claims --><!-- claims -->",
    "<!-- claims --><!-- /claims --><!-- claims -->",
  ])("is left alone where its markers are not right: %j", (text) => {
    expect(() => withReferenceParts(`<!-- headline --><!-- /headline -->${text}`)).toThrow(
      "README.md must have the lines <!-- claims --> and <!-- /claims -->",
    );
    expect(() => withReferenceParts(text.replaceAll("claims", "headline"))).toThrow(
      "README.md must have the lines <!-- headline --> and <!-- /headline -->",
    );
  });
});
