/**
 * TypeScript types → JSON Schema (draft 2020-12). What is read is their text, not what the compiler makes of them: so a
 * type with a name keeps it, in `$defs`, and a comment becomes the description. Tags of a comment say what a type cannot:
 * `@asType integer`, `@minimum`, `@maximum`, `@pattern`.
 */
import ts from "typescript";

export type Schema = Readonly<Record<string, unknown>>;

type Named = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

const LITERALS = new Map<ts.SyntaxKind, Schema>([
  [ts.SyntaxKind.StringKeyword, { type: "string" }],
  [ts.SyntaxKind.NumberKeyword, { type: "number" }],
  [ts.SyntaxKind.BooleanKeyword, { type: "boolean" }],
  [ts.SyntaxKind.UnknownKeyword, {}],
]);
const NULL: Schema = { type: "null" };

/**
 * @param file the path of a module
 * @param root a type that it exports
 * @param head what stands first in the schema
 * Throws where a type is none that a schema can be made of.
 */
export function schemaOf(file: string, root: string, head: Schema): Schema {
  return new Generator(file).document(root, head);
}

class Generator {
  readonly #file: ts.SourceFile;
  readonly #checker: ts.TypeChecker;
  /** By the names that they have in `$defs`. */
  readonly #defined = new Map<string, Schema | null>();

  constructor(file: string) {
    const options: ts.CompilerOptions = {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      // What is asked for stands in the project: the types of the language are known here by name.
      noLib: true,
      types: [],
    };
    const program = ts.createProgram([file], options);
    this.#file = program.getSourceFile(file)!;
    this.#checker = program.getTypeChecker();
  }

  document(root: string, head: Schema): Schema {
    const found = this.#file.statements.find((one) => isNamed(one) && one.name.text === root);
    if (found === undefined || !isNamed(found)) throw new Error(`${this.#file.fileName} has no type ${root}`);
    const schema = this.#declared(found);
    const names = [...this.#defined.keys()].sort();
    return {
      ...head,
      ...schema,
      $defs: Object.fromEntries(names.map((name) => [name, this.#defined.get(name)])),
    };
  }

  #declared(node: Named): Schema {
    const schema = ts.isInterfaceDeclaration(node)
      ? this.#object(this.#membersOf(node))
      : this.#type(node.type);
    return annotated(schema, node);
  }

  /** Those that it inherits first. */
  #membersOf(node: ts.InterfaceDeclaration): ts.TypeElement[] {
    const parents = (node.heritageClauses ?? []).flatMap(({ types }) => [...types]);
    const inherited = parents.flatMap((parent) => {
      const declaration = this.#declarationOf(parent.expression);
      return ts.isInterfaceDeclaration(declaration) ? this.#membersOf(declaration) : refuse(parent);
    });
    return [...inherited, ...node.members];
  }

  #object(members: readonly ts.TypeElement[]): Schema {
    const properties = members.map((member) => {
      if (!ts.isPropertySignature(member) || member.type === undefined) return refuse(member);
      return { name: member.name.getText(), member, schema: annotated(this.#type(member.type), member) };
    });
    return {
      type: "object",
      required: properties.filter(({ member }) => member.questionToken === undefined).map(({ name }) => name),
      properties: Object.fromEntries(properties.map(({ name, schema }) => [name, schema])),
    };
  }

  #type(node: ts.TypeNode): Schema {
    const literal = LITERALS.get(node.kind);
    if (literal !== undefined) return literal;
    if (ts.isParenthesizedTypeNode(node)) return this.#type(node.type);
    if (isKeyOf(node)) return { type: "string" };
    if (ts.isTypeOperatorNode(node)) return this.#type(node.type);
    if (ts.isArrayTypeNode(node)) return { type: "array", items: this.#type(node.elementType) };
    if (ts.isTypeLiteralNode(node)) return this.#object([...node.members]);
    if (ts.isLiteralTypeNode(node)) return { enum: [literalOf(node)] };
    if (ts.isUnionTypeNode(node)) return this.#union(node);
    if (ts.isTypeReferenceNode(node)) return this.#reference(node);
    return refuse(node);
  }

  #union({ types }: ts.UnionTypeNode): Schema {
    const literals = types.filter((one) => ts.isLiteralTypeNode(one)).map(literalOf);
    if (literals.length === types.length) return { enum: literals };
    const others = types.filter((one) => !ts.isLiteralTypeNode(one)).map((one) => this.#type(one));
    const values = literals.filter((value) => value !== null);
    const isNullable = values.length < literals.length;
    const choices = [
      ...others,
      ...(values.length > 0 ? [{ enum: values }] : []),
      ...(isNullable ? [NULL] : []),
    ];
    return { anyOf: choices };
  }

  #reference(node: ts.TypeReferenceNode): Schema {
    const name = node.typeName.getText();
    const [first, second] = node.typeArguments ?? [];
    if (name === "Readonly" && first !== undefined) return this.#type(first);
    if (name === "Partial" && first !== undefined) return withoutRequired(this.#type(first));
    if (name === "Record" && first !== undefined && second !== undefined) return this.#record(first, second);
    if (first !== undefined) return refuse(node);
    return this.#named(node.typeName);
  }

  /** Of a few known names, or of whichever come. */
  #record(keys: ts.TypeNode, values: ts.TypeNode): Schema {
    const known = this.#keysOf(keys);
    const value = this.#type(values);
    if (known === null) return { type: "object", additionalProperties: value };
    return {
      type: "object",
      required: known,
      properties: Object.fromEntries(known.map((name) => [name, value])),
    };
  }

  /** null: any. */
  #keysOf(node: ts.TypeNode): string[] | null {
    if (node.kind === ts.SyntaxKind.StringKeyword) return null;
    if (ts.isTypeReferenceNode(node)) {
      const declaration = this.#declarationOf(node.typeName);
      return ts.isTypeAliasDeclaration(declaration) ? this.#keysOf(declaration.type) : refuse(node);
    }
    const names = ts.isUnionTypeNode(node) ? node.types : [node];
    return names.map((one) => (ts.isLiteralTypeNode(one) ? String(literalOf(one)) : refuse(one)));
  }

  #named(name: ts.EntityName): Schema {
    const declaration = this.#declarationOf(name);
    const text = declaration.name.text.replace(/Document$/, "");
    const key = `${text[0]!.toLowerCase()}${text.slice(1)}`;
    if (!this.#defined.has(key)) {
      this.#defined.set(key, null);
      this.#defined.set(key, this.#declared(declaration));
    }
    return { $ref: `#/$defs/${key}` };
  }

  #declarationOf(name: ts.Node): Named {
    const symbol = this.#checker.getSymbolAtLocation(name);
    const isAlias = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const declaration = (isAlias ? this.#checker.getAliasedSymbol(symbol) : symbol)?.declarations?.[0];
    return declaration !== undefined && isNamed(declaration) ? declaration : refuse(name);
  }
}

function isNamed(node: ts.Node): node is Named {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
}

/** The words of a table, to which later versions may add some. */
function isKeyOf(node: ts.TypeNode): boolean {
  return ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.KeyOfKeyword;
}

/** Later versions may add names to those that are known now. */
function withoutRequired({ required: _, properties, ...rest }: Schema): Schema {
  const [value] = Object.values((properties ?? {}) as Record<string, Schema>);
  return value === undefined ? rest : { ...rest, additionalProperties: value };
}

function literalOf(node: ts.LiteralTypeNode): unknown {
  return JSON.parse(node.literal.getText().replace(/^'(.*)'$/, '"$1"'));
}

/** The description first; limits go to what they limit, beside null. */
function annotated(schema: Schema, node: ts.Node): Schema {
  const description = ts
    .getJSDocCommentsAndTags(node)
    .map((comment) => ts.getTextOfJSDocComment(comment.comment) ?? "")
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
  return { ...(description === "" ? {} : { description }), ...limited(schema, limitsOf(node)) };
}

function limited(schema: Schema, limits: Schema): Schema {
  if (Object.keys(limits).length === 0) return schema;
  if (!("anyOf" in schema)) return { ...schema, ...limits };
  return {
    ...schema,
    anyOf: (schema.anyOf as Schema[]).map((one) => (one === NULL ? one : { ...one, ...limits })),
  };
}

function limitsOf(node: ts.Node): Schema {
  return Object.fromEntries(
    ts.getJSDocTags(node).map((tag) => {
      const text = ts.getTextOfJSDocComment(tag.comment) ?? "";
      const name = tag.tagName.text;
      if (name === "asType") return ["type", text];
      if (name === "pattern") return [name, text];
      return name === "minimum" || name === "maximum" ? [name, Number(text)] : refuse(tag);
    }),
  );
}

function refuse(node: ts.Node): never {
  const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
  const where = `${node.getSourceFile().fileName}:${line + 1}`;
  throw new Error(`${where}: no schema can be made of ${node.getText()}`);
}
