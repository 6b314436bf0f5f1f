import { hostOf, isLoopback } from "./proxy.ts";

/** Where the services of an account answer, by region: a scheme and a host, perhaps with a port, e.g. `https://cn-hangzhou.log.aliyuncs.com`. */
export type Endpoints = {
  /** Without the project, which goes in front of the host. */
  readonly sls: (region: string) => string;
  readonly ack: (region: string) => string;
  readonly sts: (region: string) => string;
};

/**
 * Whose account it is. The China site (aliyun.com) and the international one (alibabacloud.com) have the same regions and
 * hosts; which of them come first differs. The finance and the government cloud are apart.
 */
export type Site = "china" | "international" | "finance" | "government";

declare const brand: unique symbol;

/** A scheme and a host with perhaps a port, in which `{region}` stands for the region. */
export type EndpointTemplate = string & { readonly [brand]: "EndpointTemplate" };

export type CustomEndpoints = {
  /** Hosts that only a VPC reaches, e.g. from Remote - SSH on an ECS instance. */
  readonly network?: "public" | "vpc";
  readonly sls?: EndpointTemplate;
  readonly ack?: EndpointTemplate;
  readonly sts?: EndpointTemplate;
};

/** Why a text is no endpoint. `found` is the part that is wrong; a password that stands in the text is never repeated. */
export type EndpointProblem = {
  readonly kind: "endpointProblem";
  readonly code: "notUrl" | "notHttps" | "hasUserInfo" | "hasPath" | "unknownPlaceholder";
  readonly found: string;
};

/** Where the template's placeholder stands while the rest of it is checked. A host may have these characters. */
const placeholder = "{region}";
const stand = "region-placeholder";

/** Reads an endpoint as a person writes it; without a scheme it is https. */
export function readEndpoint(text: string): EndpointTemplate | EndpointProblem {
  const written = text.trim();
  const unknown = /\{[^}]*\}?/.exec(written.replaceAll(placeholder, stand))?.[0];
  if (unknown !== undefined) return problem("unknownPlaceholder", unknown);
  const url = URL.parse((written.includes("://") ? written : `https://${written}`).replaceAll(placeholder, stand));
  if (url === null || url.hostname === "") return problem("notUrl", "");
  if (url.username !== "" || url.password !== "") return problem("hasUserInfo", "");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(hostOf(url)))) {
    return problem("notHttps", `${url.protocol}//${url.host}`.replaceAll(stand, placeholder));
  }
  const path = `${url.pathname === "/" ? "" : url.pathname}${url.search}${url.hash}`;
  if (path !== "") return problem("hasPath", path.replaceAll(stand, placeholder));
  return `${url.protocol}//${url.host}`.replaceAll(stand, placeholder) as EndpointTemplate;
}

export function isEndpointProblem(read: EndpointTemplate | EndpointProblem): read is EndpointProblem {
  return typeof read !== "string";
}

function problem(code: EndpointProblem["code"], found: string): EndpointProblem {
  return { kind: "endpointProblem", code, found };
}

/**
 * The documented hosts ("Endpoints" in the developer references of SLS, ACK and RAM), of which each can be replaced. In a
 * VPC SLS has two, `-intranet` and the newer `-internal`: the first is in every region's list, the second not. Finance and
 * government regions write their hosts like the others; that STS does so too is inferred.
 */
export function createEndpoints(site: Site, custom: CustomEndpoints): Endpoints {
  const inVpc = custom.network === "vpc";
  const known: Readonly<Record<keyof Endpoints, string>> = {
    sls: `https://{region}${inVpc ? "-intranet" : ""}.log.aliyuncs.com`,
    ack: `https://cs${inVpc ? "-vpc" : ""}.{region}.aliyuncs.com`,
    sts: `https://sts${inVpc ? "-vpc" : ""}.{region}.aliyuncs.com`,
  };
  const of = (service: keyof Endpoints) => (region: string) => {
    // The central STS host is the one that an account without a region has.
    if (service === "sts" && region === "" && custom.sts === undefined) return centralSts(site);
    return (custom[service] ?? known[service]).replaceAll(placeholder, region);
  };
  return { sls: of("sls"), ack: of("ack"), sts: of("sts") };
}

/** Documented: RAM, "Endpoints". That each of them knows the accounts of both sites is inferred; one is nearer. */
function centralSts(site: Site): string {
  return site === "international" ? "https://sts.ap-southeast-1.aliyuncs.com" : "https://sts.aliyuncs.com";
}

/**
 * The address of a request. A region and a project come from answers and files, and a wrong one must not send a signed
 * request to another host: undefined for one that is no label of a host name.
 */
export function addressOf(
  endpoint: string,
  region: string,
  project: string | undefined,
  path: string,
): URL | undefined {
  if (![region, project ?? region].every((label) => /^[A-Za-z0-9_-]*$/.test(label)) || project === "") return undefined;
  const base = URL.parse(endpoint);
  const url = base === null || project === undefined ? base : URL.parse(`${base.protocol}//${project}.${base.host}`);
  if (url === null) return undefined;
  url.pathname = path;
  return url;
}

const mainland = [
  "cn-hangzhou",
  "cn-shanghai",
  "cn-qingdao",
  "cn-beijing",
  "cn-zhangjiakou",
  "cn-huhehaote",
  "cn-wulanchabu",
  "cn-shenzhen",
  "cn-heyuan",
  "cn-guangzhou",
  "cn-chengdu",
  // Local regions, which are being closed; ACK and SLS still list their hosts.
  "cn-nanjing",
  "cn-fuzhou",
];

const elsewhere = [
  "cn-hongkong",
  "ap-southeast-1",
  "ap-southeast-3",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "ap-northeast-1",
  "ap-northeast-2",
  "us-west-1",
  "us-east-1",
  "eu-central-1",
  "eu-west-1",
  "me-east-1",
  // Run by a partner, and opened by ticket.
  "me-central-1",
];

/**
 * The regions where both ACK and SLS answer (documented: "Endpoints" of both, and the endpoint map of the client
 * @alicloud/cs20151215; ap-southeast-6 is in SLS's list and in ACK's only by the pattern of the host [inferred]). Those
 * that are closed (ap-southeast-2, ap-south-1) or lack one of the two are left out.
 */
export function regionsOf(site: Site): readonly string[] {
  switch (site) {
    case "china":
      return [...mainland, ...elsewhere];
    case "international":
      return [...elsewhere, ...mainland];
    case "finance":
      return ["cn-hangzhou-finance", "cn-shanghai-finance-1", "cn-shenzhen-finance-1", "cn-beijing-finance-1"];
    case "government":
      return ["cn-north-2-gov-1"];
    default:
      return site satisfies never;
  }
}
