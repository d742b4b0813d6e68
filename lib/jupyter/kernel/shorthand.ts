// Lets a cell write { size } for a variable of an earlier cell, and take { size: width } of one. tslab rewrites variables of earlier cells to
// properties of their exports, but overlooks the short form, where its checker names the new property and not the variable, and rewrites the
// name of a property that is taken from an object of an earlier cell, as if it were a variable.

import type { Compiler, SyntaxNode } from "./tslab";

/** Makes the compiler find the variable behind `{ size }`, and write it out as `{ size: … }` where tslab rewrites it. */
export function mendShorthands(compiler: Compiler): void {
  const { createWatchCompilerHost, visitEachChild } = compiler;
  compiler.createWatchCompilerHost = (...given) => {
    const host = createWatchCompilerHost(...given);
    const { createProgram } = host;
    host.createProgram = (...parts) => {
      const builder = createProgram(...parts);
      const checker = builder.getProgram().getTypeChecker();
      const { getSymbolAtLocation } = checker;
      checker.getSymbolAtLocation = (node) => {
        const { parent } = node;
        if (parent?.propertyName === node && compiler.isBindingElement(parent)) return undefined;
        return parent && compiler.isShorthandPropertyAssignment(parent) && parent.name === node
          ? checker.getShorthandAssignmentValueSymbol(parent)
          : getSymbolAtLocation(node);
      };
      return builder;
    };
    return host;
  };
  compiler.visitEachChild = (node, visitor, context) => {
    if (!compiler.isShorthandPropertyAssignment(node)) return visitEachChild(node, visitor, context);
    const { name } = node as SyntaxNode & { name: SyntaxNode };
    const value = visitor(name);
    return value === name ? node : compiler.factory.createPropertyAssignment(name, value);
  };
}
