import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { ROOT, everySource } from './sources';

/** The names that a file imports from another one, or `*` for all of them. */
interface Import {
  from: string;
  names: readonly string[];
}

export interface Module {
  /** From the root, with forward slashes. */
  path: string;
  imports: readonly Import[];
  /** Names declared and exported here; re-exports belong to the file that declares them. */
  exports: readonly string[];
}

/** Module name -> the file it stands for, as TypeScript resolves it. */
type Aliases = ReadonlyMap<string, string>;

/** Every file with the files it imports, types included. */
export function moduleGraph(files = everySource(), aliases = workspaceAliases()): Map<string, Module> {
  const known = new Set(files.map(({ path }) => path));
  return new Map(files.map(({ path, text }) => [path, readModule(path, text, (name) => resolve(path, name, known, aliases))]));
}

function workspaceAliases(): Aliases {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (file) => readFileSync(file, 'utf8')) as {
    config: { compilerOptions: { paths: Record<string, [string]> } };
  };
  return new Map(Object.entries(config.compilerOptions.paths).map(([name, [file]]) => [name, posix.normalize(file)]));
}

function resolve(importer: string, name: string, known: ReadonlySet<string>, aliases: Aliases): string | null {
  const alias = aliases.get(name);
  if (alias !== undefined) return alias;
  if (!name.startsWith('.')) return null;
  const base = posix.join(dirname(importer), name);
  return [`${base}.ts`, `${base}/index.ts`, base].find((path) => known.has(path)) ?? null;
}

function readModule(path: string, text: string, resolved: (name: string) => string | null): Module {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const imports: Import[] = [];
  const exports: string[] = [];
  const add = (specifier: ts.Node | undefined, names: readonly string[]): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const from = resolved(specifier.text);
    if (from !== null) imports.push({ from, names });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importedNames(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, reexportedNames(node));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, ['*']);
    else if (ts.isCallExpression(node) && isImportCall(node)) add(node.arguments[0], ['*']);
    ts.forEachChild(node, visit);
  };
  visit(file);
  for (const statement of file.statements) exports.push(...exportedNames(statement));
  return { path, imports, exports };
}

function isImportCall({ expression }: ts.CallExpression): boolean {
  return expression.kind === ts.SyntaxKind.ImportKeyword || /^(?:require|jest\.requireActual|jest\.mock)$/.test(expression.getText());
}

function importedNames({ importClause }: ts.ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings;
  const named = bindings === undefined ? [] : ts.isNamespaceImport(bindings) ? ['*'] : bindings.elements.map(originalName);
  return importClause?.name === undefined ? named : ['default', ...named];
}

function reexportedNames({ exportClause }: ts.ExportDeclaration): string[] {
  return exportClause === undefined || ts.isNamespaceExport(exportClause) ? ['*'] : exportClause.elements.map(originalName);
}

function originalName({ propertyName, name }: ts.ImportSpecifier | ts.ExportSpecifier): string {
  return (propertyName ?? name).text;
}

/** Names that a statement declares and exports; a default export is for a tool that loads the file. */
function exportedNames(statement: ts.Statement): string[] {
  if (ts.isExportDeclaration(statement) && statement.moduleSpecifier === undefined) return reexportedNames(statement);
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  const kinds = modifiers.map(({ kind }) => kind);
  if (!kinds.includes(ts.SyntaxKind.ExportKeyword) || kinds.includes(ts.SyntaxKind.DefaultKeyword)) return [];
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  const { name } = statement as ts.DeclarationStatement;
  return name !== undefined && ts.isIdentifier(name) ? [name.text] : [];
}
