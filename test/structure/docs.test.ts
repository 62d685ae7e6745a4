import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { allowed } from "./layers.js";
import { repositoryFiles, root, text } from "./repository.js";

const pages = repositoryFiles().filter((path) => path.endsWith(".md"));

/** The anchor that GitHub gives a heading. */
function anchors(markdown: string): string[] {
  const headings = markdown.replaceAll(/^```.*?^```/gms, "").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function linksOf(markdown: string): string[] {
  return [...markdown.replaceAll(/^```.*?^```/gms, "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
}

/** The pages that a reader of `page` finds, by way of others too. */
function reachable(page: string, found = new Set<string>()): Set<string> {
  if (found.has(page) || !pages.includes(page)) return found;
  found.add(page);
  for (const link of linksOf(text(page))) if (!/^\w+:/.test(link)) reachable(join(dirname(page), link.split("#")[0]!), found);
  return found;
}

function brokenLinks(page: string, markdown: string): string[] {
  return linksOf(markdown).filter((link) => {
    if (/^(https?|mailto):/.test(link)) return false;
    const [path, anchor] = link.split("#");
    const target = path === "" ? page : join(dirname(page), path!);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchors(path === "" ? markdown : text(target)).includes(anchor);
  });
}

describe("the documents", () => {
  it("exist", () => {
    expect(pages).toEqual(
      expect.arrayContaining([
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/architecture.md",
        "docs/dependencies.md",
        "docs/experiments.md",
      ]),
    );
  });

  it.each(pages)("%s links only to what exists", (page) => {
    expect(brokenLinks(page, text(page))).toEqual([]);
  });

  it("are all found from the read-me", () => {
    const found = reachable("README.md");
    expect(pages.filter((page) => page.startsWith("docs/") && !found.has(page))).toEqual([]);
  });

  it("notice a broken link and a broken anchor", () => {
    const markdown = "# Some heading\n[a](nowhere.md) [b](#other-heading) [c](#some-heading) [d](https://example.org)";
    expect(brokenLinks("README.md", markdown)).toEqual(["nowhere.md", "#other-heading"]);
  });

  it("draw every room of the layer table", () => {
    const architecture = text("docs/architecture.md");
    for (const room of Object.keys(allowed)) expect(architecture).toContain(`| \`${room}\``);
  });

  it("speak only of npm scripts that package.json has", () => {
    const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
    const named = pages.flatMap((page) => [...text(page).matchAll(/npm run ([a-z][a-z:-]*)/g)].map(([, name]) => name!));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
