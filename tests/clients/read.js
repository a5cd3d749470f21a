// Reads configurations of development containers with the real client, started once for all of them, and judges their
// text by a strict parser and a schema. In: a list of {folder, config} as JSON; out: a list of what was read of each.
'use strict';
const fs = require('fs');
const path = require('path');
const vm = require('vm');
const Module = require('module');

const clients = process.argv[2];
const file = fs.realpathSync(path.join(clients, '@devcontainers/cli/dist/spec-node/devContainersSpecCLI.js'));
const source = fs.readFileSync(file, 'utf8').replace(/^#!.*/, '');
const program = new vm.Script(Module.wrap(source), { filename: file }).runInThisContext();
const jsonc = require(path.join(clients, 'jsonc-parser'));
const Ajv = require(path.join(clients, 'ajv'));

// What the specification says of the keys that are edited; its schema is in no package.
const strings = { type: 'object', additionalProperties: { type: 'string' } };
const schema = {
    type: 'object',
    properties: {
        image: { type: 'string' },
        containerEnv: strings,
        remoteEnv: { type: 'object', additionalProperties: { type: ['string', 'null'] } },
        features: { type: 'object' },
        postStartCommand: { type: ['string', 'array', 'object'] },
    },
};
const validate = new Ajv({ allowUnionTypes: true }).compile(schema);

const own = { out: process.stdout.write, err: process.stderr.write, exit: process.exit };

// Runs the client as its own process would, and returns what it prints and how it ends.
function run(args) {
    return new Promise(done => {
        let out = '';
        const taking = take => (chunk, encoding, callback) => {
            take(chunk);
            const next = typeof encoding === 'function' ? encoding : callback;
            if (next) next();
            return true;
        };
        process.argv = [process.argv[0], file, ...args];
        process.stdout.write = taking(chunk => { out += chunk; });
        process.stderr.write = taking(() => {});
        process.exit = code => {
            Object.assign(process.stdout, { write: own.out });
            Object.assign(process.stderr, { write: own.err });
            done({ code, out });
        };
        const module = { exports: {} };
        program.call(module.exports, module.exports, Module.createRequire(file), module, file, path.dirname(file));
    });
}

async function judge({ folder, config }) {
    const text = fs.readFileSync(config, 'utf8').replace(/^\uFEFF/, '');
    const errors = [];
    const value = jsonc.parse(text, errors, { allowTrailingComma: true });
    const args = ['read-configuration', '--workspace-folder', folder, '--docker-path', 'true', '--config', config];
    const said = await run(args);
    return {
        strict: errors.map(error => `${jsonc.printParseErrorCode(error.error)} at ${error.offset}`),
        schema: validate(value) ? [] : validate.errors.map(error => `${error.instancePath} ${error.message}`),
        code: said.code,
        read: said.code === 0 ? JSON.parse(said.out) : null,
    };
}

(async () => {
    const all = [];
    for (const one of JSON.parse(fs.readFileSync(0, 'utf8'))) all.push(await judge(one));
    own.out.call(process.stdout, JSON.stringify(all), () => own.exit.call(process, 0));
})();
