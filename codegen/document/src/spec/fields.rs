//! The fields of each object except the schema, whose keywords are in `schema`.

use super::ObjectKind::*;
use super::{Field, FieldType, ObjectKind, Versions, may, must};
use FieldType::*;

pub(super) fn of(kind: ObjectKind) -> &'static [Field] {
    match kind {
        Document => DOCUMENT,
        Info => INFO,
        Contact => CONTACT,
        License => LICENSE,
        Server => SERVER,
        ServerVariable => SERVER_VARIABLE,
        Paths | Webhooks | Responses | Callback => &[],
        PathItem => PATH_ITEM,
        Operation => OPERATION,
        Parameter => PARAMETER,
        RequestBody => REQUEST_BODY,
        MediaType => MEDIA_TYPE,
        Encoding => ENCODING,
        Response => RESPONSE,
        Header => HEADER,
        Example => EXAMPLE,
        Link => LINK,
        Schema => super::schema::KEYWORDS,
        Discriminator => DISCRIMINATOR,
        Xml => XML,
        Components => COMPONENTS,
        SecurityScheme => SECURITY_SCHEME,
        Flows => FLOWS,
        ImplicitFlow => IMPLICIT_FLOW,
        PasswordFlow | ClientCredentialsFlow => TOKEN_FLOW,
        AuthorizationCodeFlow => CODE_FLOW,
        DeviceAuthorizationFlow => DEVICE_FLOW,
        Tag => TAG,
        ExternalDocs => EXTERNAL_DOCS,
    }
}

const V2_0: Versions = Versions::V2_0;
const V3_2: Versions = Versions::V3_2;
const TO_3_0: Versions = Versions::TO_3_0;
const TO_3_1: Versions = Versions::TO_3_1;
const SINCE_3_0: Versions = Versions::SINCE_3_0;
const SINCE_3_1: Versions = Versions::SINCE_3_1;

const CALLBACKS: FieldType = Map(&OneOrRef(Callback));
const CONTENT: FieldType = Map(&OneOrRef(MediaType));
const ENCODINGS: FieldType = Map(&One(Encoding));
const EXAMPLES: FieldType = Map(&OneOrRef(Example));
const HEADERS: FieldType = Map(&OneOrRef(Header));
const LINKS: FieldType = Map(&OneOrRef(Link));
const PARAMETERS: FieldType = List(&OneOrRef(Parameter));
const SCHEMAS: FieldType = Map(&SchemaOrBool);
const SCHEMES: FieldType = List(&Word(&["http", "https", "ws", "wss"]));
const SECURITY: FieldType = List(&Map(&List(&Text)));
const SECURITY_SCHEMES: FieldType = Map(&OneOrRef(SecurityScheme));
const SERVERS: FieldType = List(&One(Server));
const TEXTS: FieldType = Map(&Text);

const DOCUMENT: &[Field] = &[
    must("openapi", Text).only(SINCE_3_0),
    may("$self", Text).only(V3_2),
    must("info", One(Info)),
    may("jsonSchemaDialect", Text).only(SINCE_3_1),
    may("servers", SERVERS).only(SINCE_3_0),
    may("paths", One(Paths)).required(TO_3_0),
    may("webhooks", One(Webhooks)).only(SINCE_3_1),
    may("components", One(Components)).only(SINCE_3_0),
    may("security", SECURITY),
    may("tags", List(&One(Tag))),
    may("externalDocs", One(ExternalDocs)),
    may(super::WEBHOOKS_EXTENSION, One(Webhooks)).only(TO_3_1),
    must("swagger", Text).only(V2_0),
    may("host", Text).only(V2_0),
    may("basePath", Text).only(V2_0),
    may("schemes", SCHEMES).only(V2_0),
    may("consumes", List(&Text)).only(V2_0),
    may("produces", List(&Text)).only(V2_0),
    may("definitions", SCHEMAS).only(V2_0),
    may("parameters", Map(&OneOrRef(Parameter))).only(V2_0),
    may("responses", Map(&OneOrRef(Response))).only(V2_0),
    may("securityDefinitions", SECURITY_SCHEMES).only(V2_0),
];

const INFO: &[Field] = &[
    must("title", Text),
    may("summary", Text).only(SINCE_3_1),
    must("version", Text),
    may("description", Text),
    may("termsOfService", Text),
    may("contact", One(Contact)),
    may("license", One(License)),
];

const CONTACT: &[Field] = &[may("name", Text), may("url", Text), may("email", Text)];

const LICENSE: &[Field] = &[must("name", Text), may("identifier", Text).only(SINCE_3_1), may("url", Text)];

const SERVER: &[Field] = &[
    must("url", Text),
    may("description", Text),
    may("name", Text).only(V3_2),
    may("variables", Map(&One(ServerVariable))),
];

const SERVER_VARIABLE: &[Field] = &[must("default", Text), may("enum", List(&Text)), may("description", Text)];

const COMPONENTS: &[Field] = &[
    may("schemas", SCHEMAS),
    may("responses", Map(&OneOrRef(Response))),
    may("parameters", Map(&OneOrRef(Parameter))),
    may("examples", EXAMPLES),
    may("requestBodies", Map(&OneOrRef(RequestBody))),
    may("headers", HEADERS),
    may("securitySchemes", SECURITY_SCHEMES),
    may("links", LINKS),
    may("callbacks", CALLBACKS),
    may("pathItems", Map(&OneOrRef(PathItem))).only(SINCE_3_1),
    may("mediaTypes", CONTENT).only(V3_2),
];

const PATH_ITEM: &[Field] = &[
    may("summary", Text).only(SINCE_3_0),
    may("description", Text).only(SINCE_3_0),
    may("get", One(Operation)),
    may("put", One(Operation)),
    may("post", One(Operation)),
    may("delete", One(Operation)),
    may("options", One(Operation)),
    may("head", One(Operation)),
    may("patch", One(Operation)),
    may("trace", One(Operation)).only(SINCE_3_0),
    may("query", One(Operation)).only(V3_2),
    may("additionalOperations", Map(&One(Operation))).only(V3_2),
    may("servers", SERVERS).only(SINCE_3_0),
    may("parameters", PARAMETERS),
];

const OPERATION: &[Field] = &[
    may("tags", List(&Text)),
    may("summary", Text),
    may("description", Text),
    may("externalDocs", One(ExternalDocs)),
    may("operationId", Text),
    may("parameters", PARAMETERS),
    may("requestBody", OneOrRef(RequestBody)).only(SINCE_3_0),
    may("responses", One(Responses)).required(TO_3_0),
    may("callbacks", CALLBACKS).only(SINCE_3_0),
    may("deprecated", Flag),
    may("security", SECURITY),
    may("servers", SERVERS).only(SINCE_3_0),
    may("schemes", SCHEMES).only(V2_0),
    may("consumes", List(&Text)).only(V2_0),
    may("produces", List(&Text)).only(V2_0),
];

const COLLECTION_FORMATS: FieldType = Word(&["csv", "ssv", "tsv", "pipes", "multi"]);

const PARAMETER: &[Field] = &[
    must("name", Text),
    must("in", Word(&["query", "querystring", "path", "header", "cookie"])).only(V3_2),
    must("in", Word(&["query", "path", "header", "cookie"])).only(TO_3_1_SINCE_3_0),
    must("in", Word(&["query", "path", "header", "formData", "body"])).only(V2_0),
    may("description", Text),
    may("required", Flag),
    may("schema", SchemaOrBool),
    may("style", Text).only(SINCE_3_0),
    may("explode", Flag).only(SINCE_3_0),
    may("deprecated", Flag).only(SINCE_3_0),
    may("allowEmptyValue", Flag),
    may("allowReserved", Flag).only(SINCE_3_0),
    may("example", Any).only(SINCE_3_0),
    may("examples", EXAMPLES).only(SINCE_3_0),
    may("content", CONTENT).only(SINCE_3_0),
    may("type", Word(&["array", "boolean", "file", "integer", "number", "string"])).only(V2_0),
    may("format", Text).only(V2_0),
    may("items", SchemaOrBool).only(V2_0),
    may("collectionFormat", COLLECTION_FORMATS).only(V2_0),
    may("default", Any).only(V2_0),
    may("maximum", Number).only(V2_0),
    may("exclusiveMaximum", Flag).only(V2_0),
    may("minimum", Number).only(V2_0),
    may("exclusiveMinimum", Flag).only(V2_0),
    may("maxLength", Count).only(V2_0),
    may("minLength", Count).only(V2_0),
    may("pattern", Text).only(V2_0),
    may("maxItems", Count).only(V2_0),
    may("minItems", Count).only(V2_0),
    may("uniqueItems", Flag).only(V2_0),
    may("enum", List(&Any)).only(V2_0),
    may("multipleOf", PositiveNumber).only(V2_0),
];

const TO_3_1_SINCE_3_0: Versions = TO_3_1.and(SINCE_3_0);

const REQUEST_BODY: &[Field] = &[must("content", CONTENT), may("description", Text), may("required", Flag)];

const MEDIA_TYPE: &[Field] = &[
    may("description", Text).only(V3_2),
    may("schema", SchemaOrBool),
    may("itemSchema", SchemaOrBool).only(V3_2),
    may("example", Any),
    may("examples", EXAMPLES),
    may("encoding", ENCODINGS),
    may("prefixEncoding", List(&One(Encoding))).only(V3_2),
    may("itemEncoding", One(Encoding)).only(V3_2),
];

const ENCODING: &[Field] = &[
    may("contentType", Text),
    may("headers", HEADERS),
    may("style", Word(&["form", "spaceDelimited", "pipeDelimited", "deepObject"])),
    may("explode", Flag),
    may("allowReserved", Flag),
    may("encoding", ENCODINGS).only(V3_2),
    may("prefixEncoding", List(&One(Encoding))).only(V3_2),
    may("itemEncoding", One(Encoding)).only(V3_2),
];

const RESPONSE: &[Field] = &[
    may("summary", Text).only(V3_2),
    may("description", Text).required(TO_3_1),
    may("headers", HEADERS),
    may("content", CONTENT).only(SINCE_3_0),
    may("links", LINKS).only(SINCE_3_0),
    may("schema", SchemaOrBool).only(V2_0),
    may("examples", Map(&Any)).only(V2_0),
];

const HEADER: &[Field] = &[
    may("description", Text),
    may("schema", SchemaOrBool).only(SINCE_3_0),
    may("required", Flag).only(SINCE_3_0),
    may("style", Word(&["simple"])).only(SINCE_3_0),
    may("explode", Flag).only(SINCE_3_0),
    may("deprecated", Flag).only(SINCE_3_0),
    may("allowEmptyValue", Flag).only(SINCE_3_0),
    may("allowReserved", Flag).only(SINCE_3_0),
    may("example", Any).only(SINCE_3_0),
    may("examples", EXAMPLES).only(SINCE_3_0),
    may("content", CONTENT).only(SINCE_3_0),
    may("type", Word(&["array", "boolean", "integer", "number", "string"])).only(V2_0),
    may("format", Text).only(V2_0),
    may("items", SchemaOrBool).only(V2_0),
    may("collectionFormat", COLLECTION_FORMATS).only(V2_0),
    may("default", Any).only(V2_0),
    may("maximum", Number).only(V2_0),
    may("exclusiveMaximum", Flag).only(V2_0),
    may("minimum", Number).only(V2_0),
    may("exclusiveMinimum", Flag).only(V2_0),
    may("maxLength", Count).only(V2_0),
    may("minLength", Count).only(V2_0),
    may("pattern", Text).only(V2_0),
    may("maxItems", Count).only(V2_0),
    may("minItems", Count).only(V2_0),
    may("uniqueItems", Flag).only(V2_0),
    may("enum", List(&Any)).only(V2_0),
    may("multipleOf", PositiveNumber).only(V2_0),
];

const EXAMPLE: &[Field] = &[
    may("summary", Text),
    may("description", Text),
    may("value", Any),
    may("externalValue", Text),
    may("dataValue", Any).only(V3_2),
    may("serializedValue", Text).only(V3_2),
];

const LINK: &[Field] = &[
    may("operationRef", OperationRef),
    may("operationId", Text),
    may("parameters", Map(&Any)),
    may("requestBody", Any),
    may("description", Text),
    may("server", One(Server)),
];

const DISCRIMINATOR: &[Field] = &[
    must("propertyName", Text),
    may("mapping", Map(&SchemaNameOrRef)),
    may("defaultMapping", SchemaNameOrRef).only(V3_2),
];

const XML: &[Field] = &[
    may("nodeType", Word(&["element", "attribute", "text", "cdata", "none"])).only(V3_2),
    may("name", Text),
    may("namespace", Text),
    may("prefix", Text),
    may("attribute", Flag),
    may("wrapped", Flag),
];

const SECURITY_SCHEME: &[Field] = &[
    must("type", Word(&["apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"])).only(SINCE_3_1),
    must("type", Word(&["apiKey", "http", "oauth2", "openIdConnect"])).only(Versions::V3_0),
    must("type", Word(&["apiKey", "basic", "oauth2"])).only(V2_0),
    may("description", Text),
    may("name", Text),
    may("in", Word(&["query", "header", "cookie"])).only(SINCE_3_0),
    may("in", Word(&["query", "header"])).only(V2_0),
    may("scheme", Text).only(SINCE_3_0),
    may("bearerFormat", Text).only(SINCE_3_0),
    may("flows", One(Flows)).only(SINCE_3_0),
    may("openIdConnectUrl", Text).only(SINCE_3_0),
    may("oauth2MetadataUrl", Text).only(V3_2),
    may("deprecated", Flag).only(V3_2),
    may("flow", Word(&["implicit", "password", "application", "accessCode"])).only(V2_0),
    may("authorizationUrl", Text).only(V2_0),
    may("tokenUrl", Text).only(V2_0),
    may("scopes", TEXTS).only(V2_0),
];

const FLOWS: &[Field] = &[
    may("implicit", One(ImplicitFlow)),
    may("password", One(PasswordFlow)),
    may("clientCredentials", One(ClientCredentialsFlow)),
    may("authorizationCode", One(AuthorizationCodeFlow)),
    may("deviceAuthorization", One(DeviceAuthorizationFlow)).only(V3_2),
];

const IMPLICIT_FLOW: &[Field] = &[must("authorizationUrl", Text), may("refreshUrl", Text), must("scopes", TEXTS)];

const TOKEN_FLOW: &[Field] = &[must("tokenUrl", Text), may("refreshUrl", Text), must("scopes", TEXTS)];

const CODE_FLOW: &[Field] =
    &[must("authorizationUrl", Text), must("tokenUrl", Text), may("refreshUrl", Text), must("scopes", TEXTS)];

const DEVICE_FLOW: &[Field] =
    &[must("deviceAuthorizationUrl", Text), must("tokenUrl", Text), may("refreshUrl", Text), must("scopes", TEXTS)];

const TAG: &[Field] = &[
    must("name", Text),
    may("summary", Text).only(V3_2),
    may("description", Text),
    may("externalDocs", One(ExternalDocs)),
    may("parent", Text).only(V3_2),
    may("kind", Text).only(V3_2),
];

const EXTERNAL_DOCS: &[Field] = &[must("url", Text), may("description", Text)];
