// Builds the front end into platform/drillyard/web/static/build/, which Django serves and git ignores.
//
// The pages that people read load site.js and site.css and nothing else, so their weight is a promise kept here: the
// build fails when both together exceed the budget. The editor is its own bundle, loaded by the submit page alone.

import { readFile, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, context } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "..", "drillyard", "web", "static", "build");
const READING_GZIP_BYTES_MAX = 40 * 1024;

const options = {
  entryPoints: {
    site: join(HERE, "src", "site.ts"),
    editor: join(HERE, "src", "editor.ts"),
    live: join(HERE, "src", "live.ts"),
    style: join(HERE, "css", "style.css"),
  },
  outdir: OUT,
  bundle: true,
  format: "esm",
  target: ["chrome123", "firefox121", "safari17.5"],
  charset: "utf8",
  minify: !process.argv.includes("--watch"),
  legalComments: "linked",
  logLevel: "warning",
};

async function gzipBytes(name) {
  return gzipSync(await readFile(join(OUT, name)), { level: 9 }).length;
}

async function once() {
  await rm(OUT, { recursive: true, force: true });
  await build(options);
  const sizes = {};
  for (const name of ["site.js", "style.css", "live.js", "editor.js"]) {
    sizes[name] = await gzipBytes(name);
  }
  for (const [name, bytes] of Object.entries(sizes)) {
    console.log(`${relative(process.cwd(), join(OUT, name))}  ${(bytes / 1024).toFixed(1)} KB gzip`);
  }
  const reading = sizes["site.js"] + sizes["style.css"];
  if (reading > READING_GZIP_BYTES_MAX) {
    console.error(`A reading page would load ${reading} bytes (gzip); the budget is ${READING_GZIP_BYTES_MAX}.`);
    process.exitCode = 1;
  }
}

if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await once();
}
