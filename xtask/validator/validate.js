// Validates documents against the JSON schema of their OpenAPI version: node validate.js FILE...
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";

let failed = false;
for (const file of process.argv.slice(2)) {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(readFileSync(file, "utf8")));
  if (!valid || validator.version !== "3.0") {
    failed = true;
    console.error(`${basename(file)} is not OpenAPI 3.0: ${JSON.stringify(errors ?? validator.version, null, 2)}`);
  }
}
console.log(`${process.argv.length - 2} documents${failed ? "" : ", all valid"}`);
process.exitCode = failed ? 1 : 0;
