// What of Kubernetes objects these tests read, and what a Deployment's pod would run. Pure.

export interface Pod {
  automountServiceAccountToken?: boolean;
  terminationGracePeriodSeconds: number;
  containers: Container[];
  volumes: { name: string; secret?: { secretName: string } }[];
}

export interface Container {
  image: string;
  args: string[];
  envFrom: { configMapRef: { name: string } }[];
  ports: { name: string; containerPort: number }[];
  livenessProbe: { httpGet: { path: string; port: string } };
  readinessProbe: { httpGet: { path: string; port: string } };
  resources: { requests: { memory: string }; limits: { memory: string } };
  volumeMounts: { name: string; mountPath: string }[];
}

export interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  data?: Record<string, string>;
  automountServiceAccountToken?: boolean;
  spec?: { replicas: number; template: { metadata: object; spec: Pod } };
}

/** What a pod's one container starts with. */
export interface Start {
  pod: Pod;
  container: Container;
  args: string[];
  env: Record<string, string>;
}

/** The one object of a kind. @throws Error if there is none, or more than one */
export function the(kind: string, manifests: readonly Manifest[]): Manifest {
  const [found, ...more] = manifests.filter((manifest) => manifest.kind === kind);
  if (found === undefined || more.length > 0) throw new Error(`Cannot pick the ${kind} among ${manifests.length} objects: expected one`);
  return found;
}

export function startOf(manifests: readonly Manifest[]): Start {
  const pod = the("Deployment", manifests).spec?.template.spec;
  const [container] = pod?.containers ?? [];
  if (pod === undefined || container === undefined) throw new Error("Cannot read the Deployment: expected a container in it");
  const maps = container.envFrom.map(({ configMapRef }) => manifests.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === configMapRef.name));
  return { pod, container, args: container.args, env: Object.assign({}, ...maps.map((map) => map?.data ?? {})) as Record<string, string> };
}

/** The pod that the Deployment's controller would make of its template. */
export function podOf(manifests: readonly Manifest[]): object {
  const { metadata, spec } = the("Deployment", manifests).spec?.template ?? {};
  return { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name: "job-controller-0" }, spec };
}

/** Files that arguments name, by the Secret and the key that they come from; undefined = no volume holds it. */
export function secretsOf({ pod, container, args }: Start): (string | undefined)[] {
  const files = args.map((arg) => /^--[\w-]+-file=(.+)$/.exec(arg)?.[1]).filter((file) => file !== undefined);
  return files.map((file) => {
    const mount = container.volumeMounts.find(({ mountPath }) => file.startsWith(`${mountPath}/`));
    const secret = pod.volumes.find(({ name }) => name === mount?.name)?.secret;
    return mount && secret && `${secret.secretName}/${file.slice(mount.mountPath.length + 1)}`;
  });
}

/** Bytes of a quantity such as 64Mi. */
export function bytesOf(quantity: string): number {
  const [, digits = "", unit = ""] = /^(\d+)(Ki|Mi|Gi)$/.exec(quantity) ?? [];
  return Number(digits) * 1024 ** (["Ki", "Mi", "Gi"].indexOf(unit) + 1);
}
