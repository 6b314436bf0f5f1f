import { arrayType, commonType, mapType, type SqlType, unknownType } from "../types.ts";
import type { FunctionGroup, FunctionParameter, FunctionSignature, ParameterKind, SlsFunction } from "./functions.ts";

// The words in which the catalogue is written.

type Name = (name: string) => FunctionParameter;

function of(kind: ParameterKind): Name {
  return (name) => ({ name, kind, optional: false, repeated: false });
}

export const any = of("any");
export const boolean = of("boolean");
export const bigint = of("bigint");
export const integer = of("integer");
export const number = of("number");
export const double = of("double");
export const varchar = of("varchar");
export const pattern = of("pattern");
export const unit = of("unit");
export const format = of("format");
export const zone = of("zone");
export const path = of("path");
export const time = of("time");
export const varbinary = of("varbinary");
export const json = of("json");
export const array = of("array");
export const map = of("map");
export const lambda = of("lambda");
export const hyperLogLog = of("hyperLogLog");
export const color = of("color");
export const type = of("type");

export function optional(parameter: FunctionParameter): FunctionParameter {
  return { ...parameter, optional: true };
}

export function repeated(parameter: FunctionParameter): FunctionParameter {
  return { ...parameter, repeated: true };
}

type Result = FunctionSignature["result"];

/** One way to call a function: what it answers, of what. */
export function signature(result: Result, ...parameters: readonly FunctionParameter[]): FunctionSignature {
  return { result, parameters };
}

type Define = (
  name: string,
  local: SlsFunction["local"],
  example: string,
  ...signatures: readonly FunctionSignature[]
) => SlsFunction;

function define(group: FunctionGroup, kind: SlsFunction["kind"], dialects: SlsFunction["dialects"]): Define {
  return (name, local, example, ...signatures) => ({
    name,
    group,
    kind,
    dialects,
    signatures,
    example,
    basis: "documented",
    local,
  });
}

const both = ["sql", "spl"] as const;

/** Functions of the values of one row, which both dialects have. */
export function scalars(group: FunctionGroup): Define {
  return define(group, "scalar", both);
}

/** Functions of many rows, which only SQL has. */
export function aggregates(group: FunctionGroup): Define {
  return define(group, "aggregate", ["sql"]);
}

export const overWindow: Define = define("window", "window", ["sql"]);

/** A function that SPL has too: an aggregate that its `stats` command takes. */
export function alsoSpl(defined: SlsFunction): SlsFunction {
  return { ...defined, dialects: both };
}

export function onlySpl(defined: SlsFunction): SlsFunction {
  return { ...defined, dialects: ["spl"] };
}

export function onlySql(defined: SlsFunction): SlsFunction {
  return { ...defined, dialects: ["sql"] };
}

/** A function that Presto's documentation has and SLS's has not. */
export function ofPresto(defined: SlsFunction): SlsFunction {
  return { ...defined, basis: "presto" };
}

// ---------------------------------------------------------------------------------------------- answers

/** The type of the first argument. */
export const sameAsFirst: Result = ([type]) => type ?? unknownType;

export const arrayOfFirst: Result = ([type]) => arrayType(type ?? unknownType);

/** The type in which all the arguments meet. */
export function commonOf(types: readonly SqlType[]): SqlType {
  return types.reduce((left, right) => commonType(left, right) ?? left, unknownType);
}

/** The type of what is in the first argument, an array. */
export const elementOfFirst: Result = ([type]) => elementType(type);

export function elementType(type: SqlType | undefined): SqlType {
  return type?.kind === "array" ? type.element : unknownType;
}

export function keyType(type: SqlType | undefined): SqlType {
  return type?.kind === "map" ? type.key : unknownType;
}

export function valueType(type: SqlType | undefined): SqlType {
  return type?.kind === "map" ? type.value : unknownType;
}

export const keysOfFirst: Result = ([type]) => arrayType(keyType(type));
export const valuesOfFirst: Result = ([type]) => arrayType(valueType(type));

/** A map from the first argument's type to the second's. */
export const mapOfBoth: Result = ([key, value]) => mapType(key ?? unknownType, value ?? unknownType);
