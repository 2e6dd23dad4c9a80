// Builds the page into bot/demo/static, or into the folder named on the command line: the same bytes everywhere.
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, "..", "bot", "demo", "static");

// What the bundle depends on; tests/bot/demo/test_bundle.py computes the same without Node.
async function digest() {
  const sources = (await readdir(join(here, "src"), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(here.length + 1).replaceAll("\\", "/"));
  const hash = createHash("sha256");
  for (const name of ["build.mjs", "package-lock.json", ...sources].sort()) {
    hash.update(`${name}\0`).update(await readFile(join(here, name)));
  }
  return hash.digest("hex");
}

await mkdir(target, { recursive: true });
const built = await build({
  absWorkingDir: here,
  entryPoints: { page: "src/main.tsx" },
  outdir: target,
  bundle: true,
  minify: true,
  target: "es2022",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  banner: { js: `/* Built from demo-page, sources ${await digest()}. Licences: licences.txt. */` },
  legalComments: "none",
  charset: "utf8",
  metafile: true,
});
await cp(join(here, "src", "index.html"), join(target, "index.html"));
await licences(built.metafile);

// Every package whose code is in the bundle asks for its licence to go with it.
async function licences({ inputs }) {
  const packages = new Set(
    Object.keys(inputs).map((path) => path.match(/^(node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1]).filter(Boolean),
  );
  const texts = [];
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(here, folder, "package.json"), "utf8"));
    const file = (await readdir(join(here, folder))).sort().find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(join(here, folder, file), "utf8") : "";
    texts.push(`${name} ${version} (${license})\n\n${text.replaceAll("\r\n", "\n").trim()}\n`);
  }
  await writeFile(join(target, "licences.txt"), texts.join(`\n${"-".repeat(80)}\n\n`));
}
