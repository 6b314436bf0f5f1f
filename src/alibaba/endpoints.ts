/** Where the services of an account answer, by region: a scheme and a host, perhaps with a port, e.g. `https://cn-hangzhou.log.aliyuncs.com`. */
export type Endpoints = {
  /** Without the project, which goes in front of the host. */
  readonly sls: (region: string) => string;
  readonly ack: (region: string) => string;
  readonly sts: (region: string) => string;
};
