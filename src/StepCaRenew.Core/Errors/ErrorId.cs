namespace StepCaRenew;

/// <summary>The stable ids of all errors. Scripts use them, so they are never renamed.</summary>
public static partial class ErrorId
{
    // The files that the user named
    /// <summary>There is no file at the path.</summary>
    public const string FileNotFound = nameof(FileNotFound);
    /// <summary>The path is a folder instead of a file.</summary>
    public const string PathIsFolder = nameof(PathIsFolder);
    /// <summary>This account does not have permission to read the file.</summary>
    public const string AccessDenied = nameof(AccessDenied);
    /// <summary>The file is empty.</summary>
    public const string FileEmpty = nameof(FileEmpty);
    /// <summary>The file is larger than any certificate or key.</summary>
    public const string FileTooLarge = nameof(FileTooLarge);
    /// <summary>The file cannot be read for another reason: a device, a pipe, an input/output error.</summary>
    public const string FileUnreadable = nameof(FileUnreadable);
    /// <summary>A folder cannot be read for another reason than permissions.</summary>
    public const string FolderUnreadable = nameof(FolderUnreadable);
    /// <summary>No certificate file was found in a folder or by a pattern.</summary>
    public const string NoCertificateFound = nameof(NoCertificateFound);

    // Their content
    /// <summary>The file does not contain a readable certificate.</summary>
    public const string CertificateInvalid = nameof(CertificateInvalid);
    /// <summary>The certificate file is of a kind that is not supported, such as a PFX file with RC2 or too many iterations.</summary>
    public const string CertificateUnsupported = nameof(CertificateUnsupported);
    /// <summary>The file contains several leaf certificates, and it is not clear which one is meant.</summary>
    public const string CertificateAmbiguous = nameof(CertificateAmbiguous);
    /// <summary>No private key was found for the certificate.</summary>
    public const string KeyNotFound = nameof(KeyNotFound);
    /// <summary>The file does not contain a readable private key.</summary>
    public const string KeyInvalid = nameof(KeyInvalid);
    /// <summary>The key is of an algorithm, curve, size or encryption that is not supported.</summary>
    public const string KeyUnsupported = nameof(KeyUnsupported);
    /// <summary>The key is encrypted and no password was given.</summary>
    public const string KeyPasswordRequired = nameof(KeyPasswordRequired);
    /// <summary>The password does not decrypt the key.</summary>
    public const string KeyPasswordWrong = nameof(KeyPasswordWrong);
    /// <summary>The certificate and the key do not match.</summary>
    public const string KeyMismatch = nameof(KeyMismatch);

    // When to renew
    /// <summary>A text is not a duration, or the duration is out of range.</summary>
    public const string InvalidDuration = nameof(InvalidDuration);
    /// <summary>A text is not a percentage between 0 and 100.</summary>
    public const string InvalidPercent = nameof(InvalidPercent);
    /// <summary>Two parameters contradict each other.</summary>
    public const string ConflictingParameters = nameof(ConflictingParameters);
    /// <summary>ExpiresIn is longer than the certificate's lifetime.</summary>
    public const string ExpiresInTooLong = nameof(ExpiresInTooLong);

    // The CA and its root
    /// <summary>No CA URL is configured.</summary>
    public const string CaUrlMissing = nameof(CaUrlMissing);
    /// <summary>The CA's address is not an https URL.</summary>
    public const string CaUrlInvalid = nameof(CaUrlInvalid);
    /// <summary>The CA's root certificate was not found.</summary>
    public const string RootMissing = nameof(RootMissing);
    /// <summary>The root file does not contain a certificate.</summary>
    public const string RootInvalid = nameof(RootInvalid);
    /// <summary>The root certificate does not have the configured fingerprint.</summary>
    public const string RootFingerprintMismatch = nameof(RootFingerprintMismatch);
    /// <summary>The named step context does not exist.</summary>
    public const string ContextNotFound = nameof(ContextNotFound);
    /// <summary>A file of the step configuration cannot be read.</summary>
    public const string StepConfigInvalid = nameof(StepConfigInvalid);

    // Asking the CA
    /// <summary>The certificate has no clientAuth usage, so it cannot authenticate its own renewal.</summary>
    public const string NoClientAuth = nameof(NoClientAuth);
    /// <summary>The file contains only the leaf, but the CA needs its issuer as well: for a renewal by token, or because it has a new intermediate.</summary>
    public const string ChainMissing = nameof(ChainMissing);
    /// <summary>The connection to the CA failed or broke.</summary>
    public const string CaUnreachable = nameof(CaUnreachable);
    /// <summary>This machine's clock is so far behind the CA's that a new certificate would not yet be valid here.</summary>
    public const string ClockBehind = nameof(ClockBehind);
    /// <summary>The CA did not answer in time.</summary>
    public const string CaTimeout = nameof(CaTimeout);
    /// <summary>The server's certificate does not chain to the root, or has another name.</summary>
    public const string CaUntrusted = nameof(CaUntrusted);
    /// <summary>The proxy refused the connection.</summary>
    public const string ProxyRefused = nameof(ProxyRefused);
    /// <summary>The proxy in the environment cannot be used: its kind is not supported, or its address is invalid.</summary>
    public const string ProxyInvalid = nameof(ProxyInvalid);
    /// <summary>The TLS handshake with the CA or another server failed for a reason other than the client certificate.</summary>
    public const string TlsFailed = nameof(TlsFailed);
    /// <summary>The CA refused the client certificate in the TLS handshake.</summary>
    public const string ClientCertificateRefused = nameof(ClientCertificateRefused);
    /// <summary>The CA refused the client certificate as expired.</summary>
    public const string ClientCertificateExpired = nameof(ClientCertificateExpired);
    /// <summary>The CA does not know the authority that issued the client certificate.</summary>
    public const string ClientCertificateUnknownCa = nameof(ClientCertificateUnknownCa);
    /// <summary>Windows does not let this session store the private key, which its TLS needs.</summary>
    public const string KeyStoreUnavailable = nameof(KeyStoreUnavailable);
    /// <summary>The CA did not get the client certificate: a proxy in between terminates TLS.</summary>
    public const string ClientCertificateMissing = nameof(ClientCertificateMissing);
    /// <summary>The CA refused the renewal: disabled, revoked, or its provisioner is gone.</summary>
    public const string RenewalRefused = nameof(RenewalRefused);
    /// <summary>The certificate has expired and the CA does not renew expired ones.</summary>
    public const string RenewalAfterExpiryRefused = nameof(RenewalAfterExpiryRefused);
    /// <summary>A certificate or a key is already where a first certificate was requested.</summary>
    public const string PairExists = nameof(PairExists);
    /// <summary>The CA did not accept the token: that of a renewal, or the one-time token of a first certificate.</summary>
    public const string TokenRefused = nameof(TokenRefused);
    /// <summary>The token is not a JSON Web Token, or is for another kind of request.</summary>
    public const string TokenInvalid = nameof(TokenInvalid);
    /// <summary>The token is for another CA, or for a CA with another root.</summary>
    public const string TokenForAnotherCa = nameof(TokenForAnotherCa);
    /// <summary>The token is for other names than those requested.</summary>
    public const string TokenNamesDiffer = nameof(TokenNamesDiffer);
    /// <summary>The token has expired.</summary>
    public const string TokenExpired = nameof(TokenExpired);
    /// <summary>The CA does not issue a certificate for the requested validity.</summary>
    public const string ValidityRefused = nameof(ValidityRefused);
    /// <summary>A name cannot be in a certificate.</summary>
    public const string CertificateNameInvalid = nameof(CertificateNameInvalid);
    /// <summary>The CA does not have the provisioner.</summary>
    public const string ProvisionerNotFound = nameof(ProvisionerNotFound);
    /// <summary>The CA has several provisioners that can be meant.</summary>
    public const string ProvisionerAmbiguous = nameof(ProvisionerAmbiguous);
    /// <summary>The provisioner is not of the type JWK, its key is not at the CA, or the key or its encryption is of a kind that is not supported.</summary>
    public const string ProvisionerUnsupported = nameof(ProvisionerUnsupported);
    /// <summary>The encrypted key of the provisioner is damaged, or exceeds a limit.</summary>
    public const string ProvisionerKeyInvalid = nameof(ProvisionerKeyInvalid);
    /// <summary>No password was given for the key of the provisioner.</summary>
    public const string ProvisionerPasswordRequired = nameof(ProvisionerPasswordRequired);
    /// <summary>The password does not decrypt the key of the provisioner.</summary>
    public const string ProvisionerPasswordWrong = nameof(ProvisionerPasswordWrong);
    /// <summary>The CA does not allow the request.</summary>
    public const string CaForbidden = nameof(CaForbidden);
    /// <summary>The CA found the request malformed.</summary>
    public const string CaBadRequest = nameof(CaBadRequest);
    /// <summary>The server does not have this endpoint, so it is not a step-ca.</summary>
    public const string CaNotFound = nameof(CaNotFound);
    /// <summary>The CA has too many requests.</summary>
    public const string CaBusy = nameof(CaBusy);
    /// <summary>The CA, or a proxy in front of it, failed.</summary>
    public const string CaFailed = nameof(CaFailed);
    /// <summary>The answer is not one of a step-ca.</summary>
    public const string CaAnswerInvalid = nameof(CaAnswerInvalid);
    /// <summary>The answer is larger than 1 MB.</summary>
    public const string CaAnswerTooLarge = nameof(CaAnswerTooLarge);

    // The new certificate
    /// <summary>The new certificate is for another key.</summary>
    public const string AnswerWrongKey = nameof(AnswerWrongKey);
    /// <summary>The new certificate has another subject or other SANs.</summary>
    public const string AnswerWrongIdentity = nameof(AnswerWrongIdentity);
    /// <summary>The new certificate does not chain to the root.</summary>
    public const string AnswerUntrusted = nameof(AnswerUntrusted);
    /// <summary>The new certificate is not valid now.</summary>
    public const string AnswerNotValidNow = nameof(AnswerNotValidNow);
    /// <summary>The new certificate ends before the old one.</summary>
    public const string AnswerEndsEarlier = nameof(AnswerEndsEarlier);

    /// <summary>The certificate that the CA sent is the present one, or does not end later.</summary>
    public const string AnswerNotNew = nameof(AnswerNotNew);
    /// <summary>The new certificate has other usages than the old one, or is that of a certificate authority.</summary>
    public const string AnswerWrongUsage = nameof(AnswerWrongUsage);
    /// <summary>The new certificate or one of its issuers was signed with MD5 or SHA-1, or an issuer's key is too short.</summary>
    public const string AnswerWeak = nameof(AnswerWeak);

    /// <summary>Another program has put a certificate in place of the registered one that is not a successor of it: its key, names, validity or root are wrong.</summary>
    public const string ForeignCertificate = nameof(ForeignCertificate);

    // Writing
    /// <summary>Another process changed the files in every attempt.</summary>
    public const string ChangedDuringRenewal = nameof(ChangedDuringRenewal);
    /// <summary>The mode, owner, ACL or attributes of the old file cannot be set on the new one.</summary>
    public const string PermissionsNotKept = nameof(PermissionsNotKept);
    /// <summary>The certificate file is a mount point, so it cannot be replaced by renaming.</summary>
    public const string TargetIsMountPoint = nameof(TargetIsMountPoint);
    /// <summary>The target of a link does not exist, or links form a circle.</summary>
    public const string LinkBroken = nameof(LinkBroken);

    /// <summary>A link of another account was not followed: it does not lead to a folder of that account.</summary>
    public const string LinkNotTrusted = nameof(LinkNotTrusted);
    /// <summary>Another run works on the same pair.</summary>
    public const string Locked = nameof(Locked);
    /// <summary>A replacement was interrupted, and it cannot be completed or undone because the folder is not writable.</summary>
    public const string RecoveryBlocked = nameof(RecoveryBlocked);
    /// <summary>Another process has the file open and does not let it be replaced.</summary>
    public const string FileInUse = nameof(FileInUse);
    /// <summary>A new key cannot be requested by token: the CA accepts that by mTLS only.</summary>
    public const string RekeyNeedsTls = nameof(RekeyNeedsTls);
    /// <summary>The certificate file holds a key as well, or the key file a certificate: with a new key, an old one would stay in one of them.</summary>
    public const string MixedPairFiles = nameof(MixedPairFiles);
    /// <summary>Another certificate has the same key: with a new key, it would not match any more.</summary>
    public const string KeyShared = nameof(KeyShared);
    /// <summary>No space is left on the volume.</summary>
    public const string DiskFull = nameof(DiskFull);
    /// <summary>This account does not have permission to write in the folder of the certificate.</summary>
    public const string FolderNotWritable = nameof(FolderNotWritable);
    /// <summary>The file cannot be replaced for another reason.</summary>
    public const string WriteFailed = nameof(WriteFailed);

    // After a renewal
    /// <summary>An action cannot be run: its program, script or signal does not exist.</summary>
    public const string ActionInvalid = nameof(ActionInvalid);
    /// <summary>The certificate was renewed, but an action after it failed and stays pending.</summary>
    public const string ActionFailed = nameof(ActionFailed);
    /// <summary>A notifier (-OnFailure) did not report a failure or a recovery; the next run reports it again.</summary>
    public const string NotificationFailed = nameof(NotificationFailed);
    /// <summary>-MetricsPath does not name a file that the exporter of a monitoring system reads.</summary>
    public const string MetricsPathInvalid = nameof(MetricsPathInvalid);
    /// <summary>The metrics (-MetricsPath, Export-StepMetric) were not written; an earlier file is unchanged.</summary>
    public const string MetricsNotWritten = nameof(MetricsNotWritten);
    /// <summary>A publication cannot be made: its path is that of another file of the pair, its folder does not exist, or the key does not have its format.</summary>
    public const string PublicationInvalid = nameof(PublicationInvalid);
    /// <summary>The certificate is in place, but another form of the pair was not written; the publication stays pending, and the actions with it.</summary>
    public const string PublicationFailed = nameof(PublicationFailed);

    // Certificate stores
    /// <summary>A text is not the name of a certificate store, or of one that must not hold certificates with keys.</summary>
    public const string StoreInvalid = nameof(StoreInvalid);
    /// <summary>The platform does not have this certificate store, or a feature of it.</summary>
    public const string StoreUnsupported = nameof(StoreUnsupported);
    /// <summary>A certificate store or a key in it cannot be read or changed.</summary>
    public const string StoreFailed = nameof(StoreFailed);
    /// <summary>The record of what this module put into certificate stores cannot be read; no store is changed.</summary>
    public const string StoreRecordInvalid = nameof(StoreRecordInvalid);
    /// <summary>Another pair was published to the store under the same friendly name.</summary>
    public const string FriendlyNameTaken = nameof(FriendlyNameTaken);
    /// <summary>An account was not allowed to read a private key (-GrantRead).</summary>
    public const string KeyRightsNotSet = nameof(KeyRightsNotSet);
    /// <summary>The kind of key does not fit the key provider: the CSP takes RSA keys alone.</summary>
    public const string KeyProviderUnsuitable = nameof(KeyProviderUnsuitable);

    // Parameters
    /// <summary>No renewal is registered, and no path was given.</summary>
    public const string NothingRegistered = nameof(NothingRegistered);
    /// <summary>A path is empty.</summary>
    public const string PathEmpty = nameof(PathEmpty);
    /// <summary>The path is not a file system path.</summary>
    public const string NotAFileSystemPath = nameof(NotAFileSystemPath);
    /// <summary>The path is not a full path.</summary>
    public const string PathNotFull = nameof(PathNotFull);
    /// <summary>One key path was given for several certificates.</summary>
    public const string KeyPathForSeveral = nameof(KeyPathForSeveral);
    /// <summary>One file was named for another form of several pairs.</summary>
    public const string PublicationForSeveral = nameof(PublicationForSeveral);

    /// <summary>A folder or pattern has more certificates than one renewal takes.</summary>
    public const string TooManyCertificates = nameof(TooManyCertificates);
    /// <summary>An unexpected error: a defect of the module.</summary>
    public const string Unexpected = nameof(Unexpected);
}
