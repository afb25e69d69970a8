using System.Management.Automation;
using StepCaRenew.Logging;
using StepCaRenew.Text;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Turns exceptions of the engine into error records with id, category and recommended action.</summary>
internal static class ErrorRecords
{
    /// <summary>The record of an error.</summary>
    /// <param name="e">The error.</param>
    /// <param name="target">The target object.</param>
    /// <param name="name">The name that its text begins with; null for none.</param>
    /// <param name="remedy">The recommended action; null for that of the error.</param>
    public static ErrorRecord From(RenewalException e, object? target, string? name = null, string? remedy = null) =>
        new(e, e.ErrorId, CategoryOf(e.ErrorId), target is string text ? PlainText.Path(text) : target) { ErrorDetails = new ErrorDetails(EventSubject.Begin(PlainText.Line(name), e.Message)) { RecommendedAction = remedy is null ? e.Remedy : PlainText.Line(remedy) } };

    private static ErrorCategory CategoryOf(string errorId) => errorId switch
    {
        ErrorId.FileNotFound or ErrorId.KeyNotFound or ErrorId.RootMissing or ErrorId.ContextNotFound or ErrorId.CaUrlMissing
            or ErrorId.NoCertificateFound or ErrorId.NothingRegistered or ErrorId.NotRegistered or ErrorId.LinkBroken or ErrorId.CaNotFound or ErrorId.ProvisionerNotFound or ErrorId.ServiceNotFound => ErrorCategory.ObjectNotFound,
        ErrorId.AccessDenied or ErrorId.FolderNotWritable or ErrorId.PermissionsNotKept or ErrorId.RenewalRefused
            or ErrorId.RenewalAfterExpiryRefused or ErrorId.CaForbidden or ErrorId.ValidityRefused or ErrorId.AdministratorRequired or ErrorId.OtherAccount or ErrorId.LogNotWritable => ErrorCategory.PermissionDenied,
        ErrorId.KeyPasswordRequired or ErrorId.KeyPasswordWrong or ErrorId.NoClientAuth or ErrorId.TokenRefused or ErrorId.TokenExpired or ErrorId.ProvisionerPasswordRequired or ErrorId.ProvisionerPasswordWrong or ErrorId.ClientCertificateRefused
            or ErrorId.ClientCertificateExpired or ErrorId.ClientCertificateUnknownCa or ErrorId.ClientCertificateMissing => ErrorCategory.AuthenticationError,
        ErrorId.InvalidDuration or ErrorId.InvalidPercent or ErrorId.ExpiresInTooLong or ErrorId.ConflictingParameters or ErrorId.CaUrlInvalid or ErrorId.ProxyInvalid
            or ErrorId.PathIsFolder or ErrorId.RekeyNeedsTls or ErrorId.KeyPathForSeveral or ErrorId.PublicationForSeveral or ErrorId.PublicationInvalid or ErrorId.NotAFileSystemPath or ErrorId.PathEmpty or ErrorId.ActionInvalid or ErrorId.MetricsPathInvalid
            or ErrorId.NameInvalid or ErrorId.IntervalInvalid or ErrorId.LifetimeTooShort or ErrorId.ModulePathInvalid or ErrorId.PathNotFull or ErrorId.AccountInvalid or ErrorId.ConfirmationRequired
            or ErrorId.TokenNamesDiffer or ErrorId.CertificateNameInvalid or ErrorId.ProvisionerAmbiguous => ErrorCategory.InvalidArgument,
        ErrorId.CertificateInvalid or ErrorId.CertificateAmbiguous or ErrorId.KeyInvalid or ErrorId.KeyMismatch or ErrorId.MixedPairFiles or ErrorId.KeyShared or ErrorId.ChainMissing
            or ErrorId.FileEmpty or ErrorId.RootInvalid or ErrorId.StepConfigInvalid or ErrorId.DefinitionInvalid or ErrorId.CaAnswerInvalid or ErrorId.TokenInvalid or ErrorId.ProvisionerKeyInvalid
            or ErrorId.AnswerWrongKey or ErrorId.AnswerWrongIdentity or ErrorId.AnswerNotValidNow or ErrorId.ClockBehind or ErrorId.AnswerEndsEarlier or ErrorId.AnswerNotNew or ErrorId.AnswerWrongUsage => ErrorCategory.InvalidData,
        ErrorId.CaUntrusted or ErrorId.RootFingerprintMismatch or ErrorId.TokenForAnotherCa or ErrorId.AnswerUntrusted or ErrorId.AnswerWeak or ErrorId.ForeignCertificate or ErrorId.LinkNotTrusted
            or ErrorId.InsecureDefinition or ErrorId.InsecureFolder or ErrorId.PwshUnsuitable => ErrorCategory.SecurityError,
        ErrorId.CaUnreachable or ErrorId.ProxyRefused or ErrorId.TlsFailed => ErrorCategory.ConnectionError,
        ErrorId.CaTimeout => ErrorCategory.OperationTimeout,
        ErrorId.CaBusy or ErrorId.CaFailed or ErrorId.SystemdNotRunning or ErrorId.KeyStoreUnavailable => ErrorCategory.ResourceUnavailable,
        ErrorId.FileTooLarge or ErrorId.CaAnswerTooLarge or ErrorId.TooManyCertificates => ErrorCategory.LimitsExceeded,
        ErrorId.KeyUnsupported or ErrorId.ProvisionerUnsupported or ErrorId.CertificateUnsupported or ErrorId.SchedulerUnavailable => ErrorCategory.NotImplemented,
        ErrorId.NameTaken or ErrorId.PairExists or ErrorId.CertificateRegistered => ErrorCategory.ResourceExists,
        ErrorId.FileUnreadable or ErrorId.FolderUnreadable => ErrorCategory.ReadError,
        ErrorId.DiskFull or ErrorId.MetricsNotWritten or ErrorId.WriteFailed or ErrorId.RecoveryBlocked => ErrorCategory.WriteError,
        ErrorId.ChangedDuringRenewal or ErrorId.TargetIsMountPoint or ErrorId.Locked or ErrorId.FileInUse or ErrorId.DaemonRunning => ErrorCategory.ResourceBusy,
        ErrorId.ActionFailed or ErrorId.NotificationFailed or ErrorId.PublicationFailed or ErrorId.RunNowFailed or ErrorId.SchedulerFailed or ErrorId.ModuleNotLoaded or ErrorId.AccountRunFailed => ErrorCategory.InvalidResult,
        ErrorId.StoreInvalid or ErrorId.FriendlyNameTaken or ErrorId.KeyProviderUnsuitable => ErrorCategory.InvalidArgument,
        ErrorId.StoreUnsupported => ErrorCategory.NotImplemented,
        ErrorId.StoreFailed => ErrorCategory.WriteError,
        ErrorId.StoreRecordInvalid => ErrorCategory.InvalidData,
        ErrorId.KeyRightsNotSet => ErrorCategory.PermissionDenied,
        ErrorId.ServerAddressInvalid => ErrorCategory.InvalidArgument,
        ErrorId.ServerUnreachable or ErrorId.StartTlsRefused => ErrorCategory.ConnectionError,
        ErrorId.ServerTimeout => ErrorCategory.OperationTimeout,
        ErrorId.ServerAnswerInvalid => ErrorCategory.InvalidData,
        ErrorId.NotServed => ErrorCategory.InvalidResult,
        ErrorId.HomeMissing or ErrorId.RootUnknown => ErrorCategory.ObjectNotFound,
        ErrorId.FingerprintInvalid or ErrorId.SerialNumberInvalid or ErrorId.SerialNumberDiffers => ErrorCategory.InvalidArgument,
        ErrorId.RootNotAuthority or ErrorId.CaRedirected => ErrorCategory.InvalidData,
        ErrorId.ContextExists or ErrorId.AlreadyRevoked => ErrorCategory.ResourceExists,
        ErrorId.RevocationRefused => ErrorCategory.PermissionDenied,
        ErrorId.TrustStoreUnavailable or ErrorId.RevocationUnsupported => ErrorCategory.NotImplemented,
        ErrorId.TrustStoreFailed => ErrorCategory.WriteError,
        _ => ErrorCategory.NotSpecified,
    };
}
