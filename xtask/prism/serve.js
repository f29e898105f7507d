// Runs Prism's command line until standard input ends, so that the server stops together with the process that started
// it.
process.stdin.on("end", () => process.exit(0)).resume();

// To print examples at startup, Prism 5.14.2 encodes the names of query parameters in its own model of the document
// (`filter[site_id]` becomes `filter%5Bsite_id%5D`), and from then on does not find these parameters in requests. The
// examples are created from a copy, so that the parameters are checked.
const paths = require("@stoplight/prism-cli/dist/util/paths");
const { createExamplePath } = paths;
paths.createExamplePath = (operation, ...rest) => createExamplePath(structuredClone(operation), ...rest);

require("@stoplight/prism-cli");
