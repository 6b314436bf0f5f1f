export declare function findBrowser(): string | undefined;
export declare const howToInstallBrowser: string;
export declare function canInstallBrowser(): boolean;
export declare function installBrowser(): boolean;
export declare const browserFlags: readonly string[];
