import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { DOCUMENTS, pictureFiles, referencePictures, withParts } from "../../../lib/cli/scripts/readme-parts";

const ROOT = resolve(__dirname, "../../..");

const read = (name: string) => readFileSync(join(ROOT, name), "utf8");
const between = (document: string, name: string) =>
  read(document).split(`<!-- ${name} -->`)[1]!.split(`<!-- /${name} -->`)[0]!;

describe("the documents", () => {
  it.each(Object.keys(DOCUMENTS))(
    "%s has what the script makes of the post and the reference run",
    (name) => {
      expect(withParts(name, read(name))).toBe(read(name));
    },
  );

  it("show the claims of the post, the README three of them", () => {
    const verdicts = /\*\*(reproduced|not reproduced|cannot tell)\*\*/g;
    expect(between("docs/claims.md", "claims").match(verdicts)).toHaveLength(24);
    expect(between("README.md", "claims").match(verdicts)).toHaveLength(6);
  });

  it("show pictures of the reference run as the script draws them, one for dark pages", async () => {
    const [files, pictures] = [pictureFiles(), await referencePictures()];
    for (const name of ["light", "dark", "panels"] as const) {
      expect(pictures[name]).toBe(readFileSync(files[name], "utf8"));
    }
    const headline = between("README.md", "headline");
    const shown = [...headline.matchAll(/(?:src|srcset)="([^"]*)"/g)].map(([, path]) => path!);
    expect(shown.map((path) => resolve(ROOT, path))).toEqual([files.dark, files.light]);
    expect(headline).toMatch(/ alt="[^"]{200,}"/);
  });

  it.each([
    "",
    "<!-- claims -->",
    "<!-- /claims --><!-- claims -->",
    "<!-- claims --><!-- /claims --><!-- claims -->",
  ])("are left alone where their markers are not right: %j", (text) => {
    expect(() => withParts("docs/claims.md", text)).toThrow(
      "docs/claims.md must have the lines <!-- claims --> and <!-- /claims -->",
    );
  });
});

describe("the README", () => {
  it("has at most 900 words, those of its picture's description and its tables among them", () => {
    expect(read("README.md").split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(900);
  });

  it("leads to every page of docs, or to one that does", () => {
    const pages = readdirSync(join(ROOT, "docs")).filter(
      (name) => name.endsWith(".md") && name !== "README.md",
    );
    for (const page of pages) expect(read("docs/README.md"), page).toContain(`](${page})`);
    for (const page of pages) expect(read("README.md"), page).toContain(`](docs/${page})`);
  });
});

describe("a link in a document", () => {
  const documents = ["README.md", "CONTRIBUTING.md"].concat(
    ["docs", "docs/api", "environment", "data/reference"].flatMap((folder) =>
      readdirSync(join(ROOT, folder))
        .filter((name) => name.endsWith(".md"))
        .map((name) => `${folder}/${name}`),
    ),
  );

  it.each(documents)("of %s leads to a file or folder that is there", (name) => {
    const prose = read(name).replace(/```[\s\S]*?```/g, "");
    const links = [...prose.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!);
    const missing = links
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(resolve(ROOT, dirname(name), target)));
    expect(missing).toEqual([]);
  });
});
