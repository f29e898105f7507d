// The body of a function of `replies`: starts a server that sends them in order, and resolves to its URL and requests.
const http = process.getBuiltinModule("node:http");
const requests = [];
const server = http.createServer((request, response) => {
    let body = "";
    request.setEncoding("latin1");
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
        requests.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
        const { status, headers, body: reply, delay } = JSON.parse(replies)[requests.length - 1];
        setTimeout(() => response.writeHead(status, headers).end(reply), delay);
    });
});
// The process ends although the server still listens.
server.unref();
return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve({ url: `http://127.0.0.1:${server.address().port}`, requests }));
});
