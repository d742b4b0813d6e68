// The pages of docs/api against the built library: every public export has a description, and its section on its group's page has that
// description and its parameters. `npm run docs` writes the pages again.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "@tslab/typescript-for-tslab";
import { describe, expect, it } from "vitest";
import { root } from "../jupyter/project";

interface Exported {
  readonly page: string;
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly string[];
}

const flat = (text: string) => text.replaceAll("\\", "").replace(/\s+/g, " ").trim();

function exportsOf(file: string): Exported[] {
  const program = ts.createProgram([file], {
    moduleResolution: ts.ModuleResolutionKind.Node10,
    skipLibCheck: true,
    strict: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const target = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const listed = (page: string, module: ts.Symbol): Exported[] =>
    checker.getExportsOfModule(module).flatMap((symbol): Exported[] => {
      const declared = target(symbol);
      if (declared.flags & ts.SymbolFlags.ValueModule && page === "offcurve" && symbol.name !== "pl") {
        return listed(symbol.name, declared);
      }
      const [declaration] = declared.declarations ?? [];
      const parameters =
        declaration && ts.isFunctionDeclaration(declaration)
          ? declaration.parameters.map(({ name }) => name.getText()).filter((name) => /^\w+$/.test(name))
          : [];
      const documentation = symbol.name === "pl" ? symbol : declared;
      const description = ts.displayPartsToString(documentation.getDocumentationComment(checker));
      return [{ page, name: symbol.name, description, parameters }];
    });
  return listed("offcurve", checker.getSymbolAtLocation(program.getSourceFile(file)!)!);
}

const exported = exportsOf(join(root, "lib", "dist", "index.d.ts"));
const pages = new Map(
  [...new Set(exported.map(({ page }) => page))].map((page) => [
    page,
    readFileSync(join(root, "docs", "api", `${page}.md`), "utf8"),
  ]),
);

/** The text below the heading of an export, up to the next one. */
function sectionOf({ page, name }: Exported): string {
  const sections = pages.get(page)!.replaceAll("\\", "").split(/^### /m);
  return sections.find((section) => new RegExp(`^(abstract )?${name}(\\(\\))?\\n`).test(section)) ?? "";
}

describe("the pages of the library", () => {
  it("are one for each group", () => {
    expect([...pages.keys()].sort()).toEqual(
      [
        ...["archives", "charts", "claims", "datasets", "engines", "laws"],
        ...["offcurve", "reports", "runs", "studies", "tables"],
      ].sort(),
    );
    expect(exported.length).toBeGreaterThan(150);
  });

  it("have a section for every export, with the description and the parameters that it has in the code", () => {
    const stale = exported
      .filter(({ name }) => name !== "pl")
      .filter((one) => {
        const section = flat(sectionOf(one));
        const first = flat(one.description).split(/(?<=\.) /)[0]!;
        return (
          first === "" || !section.includes(first) || one.parameters.some((name) => !section.includes(name))
        );
      });
    expect(stale.map(({ page, name }) => `${page}.${name}`)).toEqual([]);
  });
});
