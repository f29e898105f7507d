// Prism's command line, until standard input ends: the server goes with whoever started it, however that came to its end.
process.stdin.on("end", () => process.exit(0)).resume();

// For the examples that it prints at its start, Prism 5.14.2 encodes the names of query parameters in its own model of
// the document (`filter[site_id]` becomes `filter%5Bsite_id%5D`), and from then on finds none of them in a request. So
// that it checks them, the examples are made of a copy.
const paths = require("@stoplight/prism-cli/dist/util/paths");
const { createExamplePath } = paths;
paths.createExamplePath = (operation, ...rest) => createExamplePath(structuredClone(operation), ...rest);

require("@stoplight/prism-cli");
