// Compiles a MoonBit program to a module with the compiler that runs in browsers: `@moonbit/moonpad-monaco` of npm holds
// it, and the sources of the core library, which it has compiled for JavaScript only.
//
//     node moonbit.mjs PACKAGES CACHE [SOURCE… TARGET]
//
// PACKAGES is the `node_modules` folder with that package. CACHE is a folder that keeps the core library, once compiled.

import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [packages, cache, ...files] = process.argv.slice(2);
const dist = path.join(packages, "@moonbit/moonpad-monaco/dist");
const backend = { name: "wasm", title: "Wasm" };
const core = "moonbitlang/core";
// What programs may use; what these import comes along.
const wanted = ["prelude", "int64", "double", "array"];

/** Runs a function of the compiler. It keeps state between calls, so each call has a compiler of its own. */
function moonc(name, parameters) {
  const script = path.join(cache, "moonc.cjs");
  if (!fs.existsSync(script)) {
    // The worker ends with a call that puts the compiler's functions at the disposal of a page.
    const worker = fs.readFileSync(path.join(dist, "moonc-worker.js"), "utf8");
    const end = /\w+\((\w+)\);\s*\/\*\*\s*\* @license[^/]*\/?[^]*$/.exec(worker);
    fs.writeFileSync(script, `${worker.slice(0, end.index)}module.exports = ${end[1]};`);
  }
  const require = createRequire(import.meta.url);
  delete require.cache[script];
  process.removeAllListeners("uncaughtException");
  const result = require(script)[name](parameters);
  if (name === "buildPackage" && !result.core) {
    console.error(result.diagnostics.join(""));
    process.exit(1);
  }
  return result;
}

function build(pkg, source, mbtFiles, miFiles, stdMiFiles, isMain) {
  return moonc("buildPackage", {
    mbtFiles, miFiles, stdMiFiles, isMain, pkg,
    indirectImportMiFiles: [],
    target: backend.name,
    pkgSources: [`${pkg}:${source}`],
    errorFormat: "human",
    enableValueTracing: false,
    noOpt: false,
  });
}

const interfaceOf = (name) => `/lib/core/${name}/${name.split("/").pop()}.mi`;

/** The core library, each package after those that it imports: its name, its interface, its code. */
function library() {
  const kept = path.join(cache, "core.json");
  if (fs.existsSync(kept)) {
    return JSON.parse(fs.readFileSync(kept, "utf8")).map(([name, mi, code]) => [
      name, Buffer.from(mi, "base64"), Buffer.from(code, "base64"),
    ]);
  }
  const bundle = fs.readFileSync(path.join(dist, "moonpad-monaco.js"), "utf8");
  const contents = new Map(
    [...bundle.matchAll(/[^\w$]([\w$]+) = [\w$]+\("([A-Za-z0-9+/=]*)"\)/g)].map(([, name, text]) => [name, text]),
  );
  const sources = new Map(
    [...bundle.matchAll(/\["(\/lib\/core\/[^"]+)"\] = ([\w$]+);/g)].map(([, file, name]) => [
      file, Buffer.from(contents.get(name) ?? "", "base64").toString("utf8"),
    ]),
  );
  const table = new Map(
    JSON.parse(sources.get("/lib/core/_build/packages.json")).packages.map((entry) => [entry.rel, entry]),
  );
  const built = new Map();
  const visit = (name) => {
    if (built.has(name)) return;
    const { files, deps } = table.get(name);
    const imports = new Map(deps.map(({ path, alias }) => [path.slice(core.length + 1), alias]));
    for (const other of imports.keys()) visit(other);
    const mbtFiles = Object.entries(files)
      .map(([file, { backend: backends, optlevel }]) => [file.slice(file.indexOf(":") + 1), backends, optlevel])
      .filter(([file, backends, levels]) =>
        sources.has(file) && backends.includes(backend.title) && levels.includes("Release"))
      .map(([file]) => [file, sources.get(file)]);
    // What an import imports must be known as well, under a name that nothing else has.
    const miFiles = [...built].map(([other, { mi }]) => [
      `${interfaceOf(other)}:${imports.get(other) ?? `import_${other.replace(/\W/g, "_")}`}`, mi,
    ]);
    const source = `/lib/core/${name}`;
    built.set(name, build(`${core}/${name}`, source, mbtFiles, miFiles, [], false));
  };
  wanted.forEach(visit);
  const all = [...built].map(([name, result]) => [name, result.mi, result.core]);
  fs.writeFileSync(kept, JSON.stringify(all.map(([name, mi, code]) => [
    name, Buffer.from(mi).toString("base64"), Buffer.from(code).toString("base64"),
  ])));
  return all;
}

/** Exports the memory of a module, which the system interface asks for. */
function withMemory(module) {
  const entry = [6, ...Buffer.from("memory"), 2, 0];
  const number = (at) => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = module[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return [value, at];
    }
  };
  for (let at = 8; at < module.length; ) {
    const id = module[at];
    const [size, start] = number(at + 1);
    if (id === 7) {
      const [count, first] = number(start);
      const body = Buffer.concat([Buffer.from([count + 1, ...entry]), module.subarray(first, start + size)]);
      if (count > 126 || body.length > 127) throw new Error("more exports than expected");
      return Buffer.concat([
        module.subarray(0, at), Buffer.from([7, body.length]), body, module.subarray(start + size),
      ]);
    }
    at = start + size;
  }
  throw new Error("a module without exports");
}

fs.mkdirSync(cache, { recursive: true });
const all = library();
const target = files.pop();
if (target !== undefined) {
  const stdMiFiles = all.map(([name, mi]) => [interfaceOf(name), mi]);
  const texts = files.map((file) => [`/${path.basename(file)}`, fs.readFileSync(file, "utf8")]);
  const program = build("bench/main", "/", texts, [], stdMiFiles, true);
  const { result } = moonc("linkCore", {
    coreFiles: [...all.map(([, , code]) => code), program.core],
    main: "bench/main",
    pkgSources: ["bench/main:/", ...all.map(([name]) => `${core}/${name}:/lib/core/${name}`)],
    target: backend.name,
    exportedFunctions: [],
    outputFormat: "wasm",
    testMode: false,
    debug: false,
    noOpt: false,
    sourceMap: false,
    sources: {},
    stopOnMain: false,
  });
  fs.writeFileSync(target, withMemory(Buffer.from(result)));
}
